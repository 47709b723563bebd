"""A bot and its test in Python's standard library, against a Pixelfed of the command.

    gts-oauth demo --serve --dialect pixelfed --json | python3 bot.py

The server is steered through its control port only.
"""

import http.cookiejar
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

REDIRECT_URI = "http://127.0.0.1:9/callback"
VERIFY = "/api/v1/accounts/verify_credentials"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Returns redirects, so that callbacks can be read."""

    def redirect_request(self, *_):
        return None


def opener(*handlers):
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect, *handlers)


def send(client, url, body=None, headers=None):
    """Sends a request. Returns status, headers and body, also of an error response."""
    request = urllib.request.Request(url, body, {"User-Agent": "bot.py", **(headers or {})})
    try:
        response = client.open(request, timeout=20)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        return response.status, response.headers, response.read()


class Bot:
    """What is tested: it logs in, repeats what was rate limited, and renews its token."""

    def __init__(self, server):
        self.server, self.client, self.waits = server, opener(), []

    def form(self, path, **fields):
        body = urllib.parse.urlencode(fields).encode()
        return send(self.client, self.server + path, body, {"Accept": "application/json"})

    def register(self):
        fields = {"client_name": "bot", "redirect_uris": REDIRECT_URI, "scopes": "read"}
        status, _, body = self.form("/api/v1/apps", **fields)
        assert status == 200, body
        app = json.loads(body)
        self.app = {"client_id": app["client_id"], "client_secret": app["client_secret"]}

    def authorization_url(self):
        query = {"response_type": "code", "client_id": self.app["client_id"],
                 "redirect_uri": REDIRECT_URI, "scope": "read", "state": "s1"}
        return self.server + "/oauth/authorize?" + urllib.parse.urlencode(query)

    def redeem(self, callback):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(callback).query))
        assert query["state"] == "s1", callback
        self.token_request(
            grant_type="authorization_code", code=query["code"], redirect_uri=REDIRECT_URI)

    def refresh(self):
        self.token_request(grant_type="refresh_token", refresh_token=self.token["refresh_token"])

    def token_request(self, **fields):
        status, _, body = self.form("/oauth/token", **self.app, **fields)
        assert status == 200, body
        self.token = json.loads(body)

    def get(self, path):
        headers = {"Authorization": "Bearer " + self.token["access_token"],
                   "Accept": "application/json"}
        while True:
            status, received, body = send(self.client, self.server + path, None, headers)
            if status != 429:
                return status, json.loads(body)
            # A real bot would sleep.
            self.waits.append(int(received["Retry-After"]))


class Browser:
    """A user with a browser."""

    def __init__(self, user, password):
        self.form = {"username": user, "password": password}
        jar = http.cookiejar.CookieJar()
        self.client = opener(urllib.request.HTTPCookieProcessor(jar))

    def open(self, url, form=None):
        """Returns the URL of the redirect, or of the page itself."""
        body = None if form is None else urllib.parse.urlencode(form).encode()
        status, headers, page = send(self.client, url, body, {"Accept": "text/html"})
        assert status in (200, 302, 303), (status, page)
        return urllib.parse.urljoin(url, headers.get("Location", url))

    def allow(self, url):
        """Signs in and allows the app. Returns the callback URL."""
        sign_in = self.open(url)
        self.open(sign_in)
        consent = self.open(sign_in, self.form)
        self.open(consent)
        return self.open(consent, {})


class Control:
    def __init__(self, url):
        self.url, self.client = url, opener()

    def post(self, path, /, **fields):
        body = json.dumps(fields).encode()
        return self.read(path, body, {"Content-Type": "application/json"})

    def requests(self):
        return self.read("/requests")

    def read(self, path, body=None, headers=None):
        status, _, result = send(self.client, self.url + path, body, headers)
        assert status == 200, result
        return json.loads(result)


def main():
    running = json.loads(sys.stdin.readline())
    control = Control(running["control"])
    browser = Browser(running["user"], running["password"])
    bot = Bot(running["url"])

    # A login.
    bot.register()
    bot.redeem(browser.allow(bot.authorization_url()))
    status, account = bot.get(VERIFY)
    assert (status, account["username"]) == (200, "alice"), account

    # A fault: the first two requests are rate limited, the third succeeds.
    control.post("/clear-requests")
    control.post("/fail", status=429, headers={"Retry-After": "7"}, body="{}",
                 path="/api/v1/accounts", method="GET", count=2)
    status, account = bot.get(VERIFY)
    assert (status, account["username"]) == (200, "alice"), account
    assert bot.waits == [7, 7], bot.waits
    sent = control.requests()
    assert [it["path"] for it in sent] == [VERIFY] * 3, sent
    expected = "Bearer " + bot.token["access_token"]
    assert all(it["headers"]["authorization"] == expected for it in sent), sent

    # A moved clock: the token expires after a year, and is renewed.
    first = bot.token["access_token"]
    control.post("/advance", seconds=bot.token["expires_in"] - 60)
    assert bot.get(VERIFY)[0] == 200
    control.post("/advance", seconds=120)
    assert bot.get(VERIFY) == (500, {"error": "Unauthenticated."})
    bot.refresh()
    assert bot.token["access_token"] != first
    assert bot.get(VERIFY)[0] == 200

    # A revoked token.
    assert control.post("/revoke", token=bot.token["access_token"]) == {"revoked": 1}
    assert bot.get(VERIFY) == (500, {"error": "Unauthenticated."})

    # A forgotten app.
    control.post("/forget-apps")
    status, _, body = bot.form("/oauth/token", grant_type="client_credentials", **bot.app)
    assert (status, json.loads(body)) == (500, {"error": "Client authentication failed"}), body
    print("passed")


if __name__ == "__main__":
    main()
