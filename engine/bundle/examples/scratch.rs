//! scratch
#![allow(clippy::all, clippy::print_stdout, clippy::unwrap_used)]
use std::path::Path;
#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n: usize = args.get(4).map(|n| n.parse().unwrap()).unwrap_or(1);
    for i in 0..n {
        let t = std::time::Instant::now();
        if args[1] == "policy" {
            match neonform_bundle::policy(Path::new(&args[2]), Path::new(&args[3])).await {
                Ok(m) => {
                    if i == 0 {
                        println!("{}", m.code);
                        for x in &m.inputs {
                            eprintln!("  input {}", x.path)
                        }
                    }
                }
                Err(f) => {
                    for d in f.0 {
                        println!(
                            "{:?} at {:?}\n  {}\n  found {:?}\n  expected {:?}\n  fix {:?}\n  {:?}",
                            d.code,
                            d.at.as_ref().map(|a| a.to_string()),
                            d.summary,
                            d.found,
                            d.expected,
                            d.fix,
                            d.facts
                        )
                    }
                }
            }
        } else {
            match neonform_bundle::function(
                Path::new(&args[2]),
                Path::new(&args[3]),
                &neonform_bundle::FunctionOptions { external: args.iter().skip(5).cloned().collect() },
            )
            .await
            {
                Ok(m) => {
                    if i == 0 {
                        for (k, v) in &m.files {
                            println!("=== {k}\n{}", String::from_utf8_lossy(v));
                        }
                        for x in &m.inputs {
                            eprintln!("  input {}", x.path)
                        }
                        for x in &m.warnings {
                            eprintln!("  warning {}", x)
                        }
                    }
                }
                Err(f) => {
                    for d in f.0 {
                        println!(
                            "{:?} at {:?}\n  {}\n  found {:?}\n  expected {:?}\n  fix {:?}\n  {:?}",
                            d.code,
                            d.at.as_ref().map(|a| a.to_string()),
                            d.summary,
                            d.found,
                            d.expected,
                            d.fix,
                            d.facts
                        )
                    }
                }
            }
        }
        eprintln!("took {:?}", t.elapsed());
    }
}
