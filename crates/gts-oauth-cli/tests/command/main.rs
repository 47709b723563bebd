//! The command, run as a program against recorded answers on a loopback socket.

mod calls;
mod credentials;
mod login;
mod logout;
mod shell;
