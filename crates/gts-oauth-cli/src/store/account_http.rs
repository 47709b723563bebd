//! The requests of an account. If the server rejects a token that another process has replaced since
//! it was loaded, the request is sent again with the new one.

use std::cell::{Ref, RefCell};

use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::http::{Method, Request, Response, Uri};
use gts_oauth_ureq::{App, BoxError, Exchange as _, Session, Transport};

use super::{AccountEntry, Contents, LoadedAccount, Store};
use crate::credentials::{Credentials, Source};

/// A transport for requests that are signed by the session of an account. Each is sent at most twice:
/// a request with a rejected token has no effect.
pub(crate) struct AccountHttp<'a> {
    store: &'a Store,
    http: &'a dyn Transport,
    account: RefCell<LoadedAccount>,
}

impl Store {
    /// Returns a transport for the requests of this account.
    pub(crate) fn account_http<'a>(
        &'a self,
        account: &LoadedAccount,
        http: &'a dyn Transport,
    ) -> AccountHttp<'a> {
        AccountHttp { store: self, http, account: RefCell::new(account.clone()) }
    }

    /// Loads the account again, after other processes have stored what they are about to. `None` if
    /// its token is the same, or it is no longer stored.
    fn load_replaced(&self, loaded: &LoadedAccount) -> Option<LoadedAccount> {
        if loaded.source == Source::Environment {
            return None;
        }
        // A store that cannot be locked, because it cannot be written, can still be read.
        let contents = self.file.locked(|| self.load()).or_else(|_| self.load()).ok()?;
        let stored =
            LoadedAccount::open(&contents.same_account(&loaded.credentials)?.stored).ok()?;
        let is_replaced = !stored.credentials.has_token_of(&loaded.credentials)
            && (loaded.credentials.user.is_some() || has_same_app(&stored, loaded));
        is_replaced.then_some(stored)
    }
}

impl AccountHttp<'_> {
    /// The account, with the token that was sent last.
    pub(crate) fn account(&self) -> Ref<'_, LoadedAccount> {
        self.account.borrow()
    }
}

impl Transport for AccountHttp<'_> {
    fn send(&self, mut request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let mut account = self.account.borrow_mut();
        // The next pages of a list are requested with the token of the first.
        account.credentials.session.sign(&mut request)?;
        let mut again = request.clone();
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let response = self.http.send(request)?;
        if !is_token_rejected(&account.credentials.session, method, &uri, &response) {
            return Ok(response);
        }
        let Some(replaced) = self.store.load_replaced(&account) else {
            return Ok(response);
        };
        *account = replaced;
        account.credentials.session.sign(&mut again)?;
        self.http.send(again)
    }
}

impl Contents {
    /// Returns the stored account of these credentials, whatever its token is.
    fn same_account(&self, credentials: &Credentials) -> Option<&AccountEntry> {
        let instance = credentials.session.instance();
        let (id, handle) = (credentials.user.as_ref().map(|user| &user.id), credentials.handle());
        let is_same =
            |it: &AccountEntry| it.id.as_ref() == id && (id.is_some() || it.handle == handle);
        self.accounts.iter().find(|it| it.instance == *instance && is_same(it))
    }
}

/// Whether both tokens were issued to the same app, of one login. Without a user, a login to another
/// account can have the same handle.
fn has_same_app(one: &LoadedAccount, other: &LoadedAccount) -> bool {
    let [one, other] = [one, other].map(|it| it.credentials.app.as_ref().map(App::client_id));
    one.is_some() && one == other
}

fn is_token_rejected(
    session: &Session,
    method: Method,
    uri: &Uri,
    response: &Response<Vec<u8>>,
) -> bool {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    session.call(method, path).is_ok_and(|call| {
        call.parse(response).is_err_and(|error| error.cause() == Cause::TokenRejected)
    })
}
