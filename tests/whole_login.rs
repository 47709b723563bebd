//! Whole logins, from registration to revocation: with a closure as transport, stored between every
//! two steps, and over a real socket.

mod logins;
