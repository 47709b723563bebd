//! Whole logins, from the registration to the revocation: with a closure for a transport, stored
//! between every two steps, and over a real socket.

mod logins;
