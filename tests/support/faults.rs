//! The fault matrix: what a login may send and ask its user if one of its requests fails. The fault
//! goes away, and the login is continued.
//!
//! The tests of `tests/faults` and of the command carry out the logins, each in its own ways.

use std::time::Duration;

use gts_oauth_fake::serde_json::json;
use gts_oauth_fake::{Dialect, Failure, Fault, RecordedRequest};

/// A fault, and how often it occurs.
pub struct Case {
    /// What happens.
    pub name: &'static str,
    /// How the server does it.
    pub fault: Fault,
    /// For how many requests in a row.
    pub times: u32,
    effect: Effect,
}

/// What the server and the client make of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The client reads the response as usual.
    Harmless,
    /// The server has not processed the request, and the client has no usable response.
    NotProcessed,
    /// The server has processed the request, and the client does not know it.
    Lost,
    /// The server rejects the code or the refresh token.
    RejectsGrant,
    /// The server rejects the access token.
    RejectsToken,
    /// The server does not know the app.
    RejectsApp,
}

use Effect::{Harmless, Lost, NotProcessed, RejectsApp, RejectsGrant, RejectsToken};

/// A request of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The links of discovery.
    NodeinfoLinks,
    /// The software of the server.
    Nodeinfo,
    /// Requested where there is no nodeinfo.
    WebFinger,
    /// The metadata of RFC 8414.
    Metadata,
    /// Registering the app.
    Register,
    /// Exchanging the code.
    ExchangeCode,
    /// Verifying the account.
    Verify,
}

use Target::{ExchangeCode, Register, Verify};

/// All of them, in order.
pub const TARGETS: [Target; 7] = [
    Target::NodeinfoLinks,
    Target::Nodeinfo,
    Target::WebFinger,
    Target::Metadata,
    Register,
    ExchangeCode,
    Verify,
];

impl Target {
    /// The path of the request.
    pub fn path(self) -> &'static str {
        match self {
            Self::NodeinfoLinks => "/.well-known/nodeinfo",
            Self::Nodeinfo => "/nodeinfo",
            Self::WebFinger => "/.well-known/webfinger",
            Self::Metadata => "/.well-known/oauth-authorization-server",
            Self::Register => "/api/v1/apps",
            Self::ExchangeCode => "/oauth/token",
            Self::Verify => "/api/v1/accounts/verify_credentials",
        }
    }

    /// Whether the fault can go away. A redirect is followed in discovery, to a host that does not
    /// exist.
    pub fn can_have(self, case: &Case) -> bool {
        !(self.is_discovery() && matches!(case.fault, Fault::Redirect(_)))
    }

    fn is_discovery(self) -> bool {
        !matches!(self, Register | ExchangeCode | Verify)
    }
}

/// Every kind of fault.
pub fn cases() -> Vec<Case> {
    let case = |name, effect, fault| Case { name, fault, times: 1, effect };
    let json = [("content-type", "application/json")];
    let html = [("content-type", "text/html; charset=utf-8")];
    let error = |status, code: &str| {
        let body = json!({ "error": code, "error_description": "by the fault matrix" });
        Fault::response(status, &json, body.to_string())
    };
    // The fields without which a response of any kind is unusable.
    let incomplete =
        json!({ "client_id": null, "access_token": null, "username": null, "acct": null });
    let unavailable = [("content-type", "application/json"), ("retry-after", "5")];
    vec![
        case("429 with a reset", NotProcessed, Fault::RateLimited(Duration::from_secs(60))),
        case("429 with Retry-After", NotProcessed, Fault::Throttled),
        case("503 with Retry-After", NotProcessed, Fault::response(503, &unavailable, "{}")),
        case("503 as HTML", NotProcessed, Fault::response(503, &html, "<html>Back soon</html>")),
        case("502 as HTML", NotProcessed, Fault::BadGateway),
        Case { times: 3, ..case("502 as HTML, three times", NotProcessed, Fault::BadGateway) },
        case("500 in JSON", NotProcessed, error(500, "Internal Server Error")),
        case("504, empty", NotProcessed, Fault::response(504, &[], "")),
        case("200, empty", NotProcessed, Fault::Empty),
        case("200, a captive portal", NotProcessed, Fault::response(200, &html, "<html>Hi</html>")),
        case("200, not JSON", NotProcessed, Fault::response(200, &json, "?{\"id\"")),
        case("200, JSON of another shape", NotProcessed, Fault::response(200, &json, "[1]")),
        case("403, a bot shield", NotProcessed, Fault::response(403, &html, "<html>1020</html>")),
        case("451, a firewall's text", NotProcessed, Fault::response(451, &[], "blocked")),
        case("407, a proxy's JSON", NotProcessed, error(407, "Proxy Authentication Required")),
        case("a redirect", NotProcessed, Fault::Redirect("https://other.example/x".to_owned())),
        case("a body without end", NotProcessed, Fault::Endless),
        case("no response", NotProcessed, Fault::NoResponse),
        case("a slow drip", NotProcessed, Fault::SlowDrip),
        case("a reset connection", NotProcessed, Fault::Reset),
        Case { times: 3, ..case("a reset connection, three times", NotProcessed, Fault::Reset) },
        case("a lost response", Lost, Fault::LostResponse),
        case("a body that is cut off", Lost, Fault::CutOff),
        case("missing fields", Lost, Fault::Patched(incomplete)),
        case("a wrong content type", Harmless, Fault::WrongContentType),
        case("invalid_grant", RejectsGrant, error(400, "invalid_grant")),
        case("invalid_client", RejectsApp, error(401, "invalid_client")),
        case("invalid_token", RejectsToken, error(401, "invalid_token")),
        Case {
            times: 2,
            ..case("invalid_token, twice", RejectsToken, error(401, "invalid_token"))
        },
    ]
}

/// The last case of each effect.
pub fn representatives(cases: &[Case]) -> Vec<&Case> {
    let effects = [Harmless, NotProcessed, Lost, RejectsGrant, RejectsToken, RejectsApp];
    effects.iter().filter_map(|effect| cases.iter().rfind(|it| it.effect == *effect)).collect()
}

impl Case {
    /// The fault in a request of this path.
    pub fn at(&self, path: &str) -> Failure {
        self.fault.clone().at(path).times(self.times)
    }

    /// What the fault does to a request whose response has no particular fields: a call, or one of
    /// discovery.
    pub fn effect(&self, has_fields: bool) -> Effect {
        match self.fault {
            Fault::Patched(_) if !has_fields => Harmless,
            _ => self.effect,
        }
    }

    /// The time after which the server wants the request again, in seconds, if the fault reports it
    /// in any response.
    pub fn wait(&self) -> Option<u64> {
        match &self.fault {
            Fault::RateLimited(wait) => Some(wait.as_secs()),
            Fault::Throttled => Some(30),
            Fault::Response { headers, .. } => {
                headers.get("retry-after")?.to_str().ok()?.parse().ok()
            }
            _ => None,
        }
    }

    /// Whether a client on a socket waits for its own limit.
    pub fn takes_time(&self) -> bool {
        matches!(self.fault, Fault::NoResponse | Fault::SlowDrip)
    }
}

/// What a login sent, after discovery, and how often it asked its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Registrations of the app.
    pub registrations: usize,
    /// How often the user was asked.
    pub prompts: usize,
    /// Exchanges of a code.
    pub exchanges: usize,
    /// Verifications of the account.
    pub verifications: usize,
}

impl Counts {
    /// Those of a login, by what its server has received.
    pub fn of(requests: &[RecordedRequest], prompts: usize) -> Self {
        let count = |target: Target| requests.iter().filter(|it| it.path == target.path()).count();
        Self {
            registrations: count(Register),
            prompts,
            exchanges: count(ExchangeCode),
            verifications: count(Verify),
        }
    }

    /// Those of a login with these faults that sends and asks no more than it must.
    pub fn expected(dialect: Dialect, faults: &[(Target, &Case)]) -> Self {
        let mut counts = Self { registrations: 1, prompts: 1, exchanges: 1, verifications: 1 };
        for (target, case) in faults {
            counts.add(dialect, *target, case);
        }
        counts
    }

    fn add(&mut self, dialect: Dialect, target: Target, case: &Case) {
        let times = case.times as usize;
        match (target, case.effect(!target.is_discovery())) {
            (_, Harmless) => {}
            (target, _) if target.is_discovery() => {}
            // An app whose registration was lost is unknown to the login.
            (Register, _) => self.registrations += times,
            // The code expires while the login waits.
            (ExchangeCode, NotProcessed)
                if dialect == Dialect::Takahe && case.wait() >= Some(60) =>
            {
                self.prompts += 1;
                self.exchanges += 2;
            }
            (ExchangeCode, NotProcessed) => self.exchanges += times,
            (ExchangeCode, Lost) if redeems_again(dialect) => self.exchanges += times,
            // The server has redeemed the code, and rejects it the second time.
            (ExchangeCode, Lost) => {
                self.prompts += 1;
                self.exchanges += 2;
                // It does so with a 500, which does not say that the code is the reason.
                self.exchanges += usize::from(dialect == Dialect::Pixelfed);
            }
            (ExchangeCode, effect) => {
                self.prompts += times;
                self.exchanges += times;
                self.registrations += usize::from(effect == RejectsApp);
            }
            // A replica might not know a new token yet, so only the second rejection counts.
            (_, RejectsToken) if times == 2 => {
                self.prompts += 1;
                self.exchanges += 1;
                self.verifications += 2;
            }
            (_, _) => self.verifications += times,
        }
    }
}

/// Whether a code gives a token more than once.
pub fn redeems_again(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Akkoma | Dialect::Friendica | Dialect::Takahe)
}

/// Whether each code and each app was left for the next one, and never used again.
pub fn is_in_order(requests: &[RecordedRequest], counts: &Counts) -> bool {
    let exchanges = requests.iter().filter(|it| it.path == ExchangeCode.path());
    let field = |name| exchanges.clone().filter_map(|it| it.field(name)).collect();
    let mut codes: Vec<String> = field("code");
    let mut apps: Vec<String> = field("client_id");
    codes.dedup();
    apps.dedup();
    let is_one_a_prompt = codes.len() == counts.prompts;
    for list in [&mut codes, &mut apps] {
        let length = list.len();
        list.sort();
        list.dedup();
        if list.len() != length {
            return false;
        }
    }
    is_one_a_prompt
}
