//! Facts about GoToSocial 0.20 that no recording contains. Each was observed on a live server, and
//! the fake must do the same.

mod facts;
