//! x
#![allow(clippy::expect_used, clippy::panic, missing_docs)]
use std::path::Path;
#[tokio::test(flavor = "multi_thread")]
async fn explore() {
    let mut names: Vec<_> = std::fs::read_dir("/tmp/plainroot/p")
        .expect("p")
        .flatten()
        .map(|e| e.file_name().into_string().expect("n"))
        .collect();
    names.sort();
    for name in names {
        let mut all = Vec::new();
        for root in ["/tmp/plainroot", "/tmp/ünï code/x y", "/tmp/linked"] {
            let root = Path::new(root);
            let dir = root.join("p").join(&name);
            let entry = if dir.join("index.tsx").is_file() {
                dir.join("index.tsx")
            } else {
                neonform_bundle::function_entry(&dir).expect("e")
            };
            match neonform_bundle::function(
                &entry,
                root,
                &neonform_bundle::FunctionOptions { source_map: true, ..Default::default() },
            )
            .await
            {
                Ok(m) => {
                    let out = root.join("out").join(&name);
                    std::fs::create_dir_all(&out).expect("dir");
                    for (n, c) in &m.files {
                        std::fs::write(out.join(n), c).expect("w");
                    }
                    println!("{name} {:?}", m.warnings);
                    all.push((
                        neonform_bundle::archive::archive(&m.files).expect("a"),
                        m.source_map,
                        m.modules,
                    ));
                }
                Err(f) => println!("FAIL {name} {:#?}", f.0),
            }
        }
        println!("SAME {name} copy={} linked={}", all[0] == all[1], all.len() > 2 && all[0].0 == all[2].0);
    }
}
