//! `sqlx up` runs what is pending below migrations/, `sqlx down VERSION` goes back to a version, as sqlx-cli does by the same two calls.
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::path::Path;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let migrator = Migrator::new(Path::new("migrations")).await?;
    let options = PgConnectOptions::new().socket(std::env::var("PGHOST")?);
    let pool = PgPoolOptions::new().connect_with(options).await?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["up"] => migrator.run(&pool).await?,
        ["down", version] => migrator.undo(&pool, version.parse()?).await?,
        _ => return Err("up, or down VERSION".into()),
    }
    Ok(())
}
