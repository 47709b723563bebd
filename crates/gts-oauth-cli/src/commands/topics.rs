//! `gts-oauth help environment`, `gts-oauth help json`, and the same in the manual pages.

/// The environment variables.
pub(super) const VARIABLES: [(&str, &str); 10] = [
    (
        "GTS_OAUTH_TOKEN",
        "An access token that is used instead of the stored one. White space, quotes and \"Bearer\" \
         around it are ignored. It needs GTS_OAUTH_INSTANCE.",
    ),
    (
        "GTS_OAUTH_INSTANCE",
        "The instance of GTS_OAUTH_TOKEN, which must be set, too. The host of its API is discovered, as \
         at a login. White space and quotes around it are ignored.",
    ),
    ("GTS_OAUTH_INSECURE_HTTP", "1 allows http:// in GTS_OAUTH_INSTANCE, as --insecure-http does."),
    (
        "GTS_OAUTH_ACCOUNT, GTS_OAUTH_EXPIRES_AT",
        "Set by `gts-oauth token --env` for scripts, and not read.",
    ),
    ("GTS_OAUTH_CONFIG_DIR", "The folder of the credentials file."),
    (
        "BROWSER",
        "Programs that open a URL, separated by colons. %s is replaced by the URL. If set, a browser is \
         opened over SSH and in containers, too.",
    ),
    (
        "SSH_CONNECTION, SSH_CLIENT, SSH_TTY, container, DISPLAY, WAYLAND_DISPLAY",
        "Show whether a browser on this machine can be seen.",
    ),
    (
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
        "Proxies, in upper or lower case, as curl reads them.",
    ),
    ("NO_COLOR, CLICOLOR, CLICOLOR_FORCE", "Whether output is coloured."),
    ("DBUS_SESSION_BUS_ADDRESS", "Where the system keyring is, on Linux."),
];

/// The files that are read and written.
pub(super) const FILES: [(&str, &str); 2] = [
    (
        "credentials.json",
        "Accounts and unfinished logins: the credentials themselves if there is no system keyring, \
         otherwise the names of its entries. The mode is 0600. It, its folder, and links to them are \
         refused if they belong to another user than you or root; as root, also that of SUDO_UID or of \
         the folder HOME is accepted. The folder is GTS_OAUTH_CONFIG_DIR, \
         $XDG_CONFIG_HOME/gts-oauth or ~/.config/gts-oauth (Linux), ~/Library/Application \
         Support/gts-oauth (macOS), %APPDATA%\\gts-oauth\\config (Windows).",
    ),
    (
        "credentials.lock, credentials.login*.lock",
        "Locked while a command changes the credentials, or a login runs.",
    ),
];

/// The exit codes.
pub(super) const EXIT_CODES: [(&str, &str); 6] = [
    ("0", "success, also if the reader of the output ends early"),
    ("1", "error"),
    ("2", "invalid usage, or several accounts match"),
    ("3", "not logged in"),
    ("4", "token rejected by the server"),
    ("130", "ended by Ctrl-C, as the shell reports it"),
];

/// The text of `gts-oauth help environment`.
pub(super) fn environment() -> String {
    format!("Environment variables:\n\n{}\nFiles:\n\n{}", list(&VARIABLES), list(&FILES))
}

fn list(rows: &[(&str, &str)]) -> String {
    rows.iter().map(|(name, text)| format!("{name}\n  {text}\n")).collect::<Vec<_>>().join("\n")
}

/// The exit codes, one per line.
pub(super) fn exit_codes() -> String {
    let lines = EXIT_CODES.map(|(code, meaning)| format!("  {code:3}  {meaning}"));
    lines.join("\n")
}

/// The text of `gts-oauth help json`.
pub(super) const JSON: &str = "\
Output of --json

Later versions can add fields, but do not rename or remove any. Times
are in UTC (RFC 3339), scopes are lists of strings, and unknown values
are null. Results are printed on standard output. switch and logout
have no --json; api prints what the server responds.

An error is an object on one line of standard error, after other
messages:
  error      the message
  exit_code  the exit code of the command
status has the problems of accounts in its list, without this object.

login: an object
  account    the handle, @name@host; @(unknown)@host if the scopes do
             not allow reading it
  instance   the origin of the API
  scopes     the granted scopes
  missing    the scopes that were requested but not granted
  expires_at when the token expires
  token      with --print-token: the access token

status: a list of objects; unfinished logins are not among them
  account, instance, scopes, missing, expires_at: as above; the account
             of a token in the environment is null if it is not known
  software   name and version of the server
  current    whether it is the current account, which commands use by
             default
  source     where the token is: \"file\", \"keyring\" or \"environment\"
  state      of the token: \"valid\", \"rejected\", \"unknown\" or \"unchecked\"
  problem    why it is not \"valid\"

token: an object
  account, instance, scopes, missing, expires_at: as above
  token      the access token

tokens: a list of objects; tokens revoke: an object
  id           the id of the token
  name         the name of the token, of GoToSocial 0.22
  application  the name of the app
  website      the website of the app
  scopes       its scopes
  created_at   when it was issued
  last_used    when it was last used
  current      whether it is the current token, which gts-oauth uses

demo --serve: an object
  url, user, password  the server, and the user to sign in as
  control              the URL that controls the server";
