//! `diesel up` runs what is pending below migrations/, `diesel down` takes the last one back, as the CLI of Diesel does by the same two calls.
use diesel::pg::PgConnection;
use diesel::Connection;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let migrations = FileBasedMigrations::from_path("migrations")?;
    // libpq takes all from the environment
    let mut connection = PgConnection::establish("")?;
    match std::env::args().nth(1).as_deref() {
        Some("up") => connection.run_pending_migrations(migrations).map(|_| ()),
        Some("down") => connection.revert_last_migration(migrations).map(|_| ()),
        _ => Err("up or down".into()),
    }
}
