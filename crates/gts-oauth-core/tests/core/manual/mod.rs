//! The pages of the manual that show what the code does.

mod failed_login;
