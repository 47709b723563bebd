//! The web back end on SQLite and PostgreSQL. Some tests run its processes, as users would; others
//! run the login alone, on a server in memory.

#[path = "../database.rs"]
mod database;
#[path = "../pages.rs"]
mod pages;
#[path = "../site.rs"]
mod site;
#[path = "../store.rs"]
mod store;

mod apps;
mod databases;
mod faults;
mod killed;
mod node;
mod outcomes;
mod own_code;
mod processes;
mod stored;
mod visitor;
