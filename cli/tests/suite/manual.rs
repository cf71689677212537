//! Manual pages: one for each command, and in the language of those who format them.

use std::fs;
use std::process::Command;

use neonform::args::each_command;

use super::support::Scratch;

#[test]
fn every_command_has_a_page_without_faults() {
    let scratch = Scratch::new();
    let ran = scratch.run(&["man", "--out", "man/man1"]);
    let commands = each_command();
    assert_eq!((ran.code, ran.err), (0, format!("Wrote {} pages into man/man1.\n", commands.len())));
    let mut pages: Vec<_> = fs::read_dir(scratch.path().join("man/man1")).unwrap().flatten().collect();
    assert_eq!(pages.len(), commands.len());
    pages.sort_by_key(fs::DirEntry::file_name);
    for command in &commands {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name());
        let page = fs::read_to_string(scratch.path().join(format!("man/man1/{name}.1"))).unwrap();
        let about = command.get_about().unwrap().to_string();
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{name}: {page}");
        assert!(
            page.replace(r"\*(Aq", "'").replace('\\', "").contains(&about.replace('\\', "")),
            "{name}: {page}"
        );
    }
    let whole = fs::read_to_string(scratch.path().join("man/man1/neonform.1")).unwrap();
    assert_eq!(scratch.run(&["man"]).done(), whole);
    let refused = scratch.run(&["man", "-o", "json"]);
    assert!(refused.code == 1 && refused.err.contains("leave out --output"), "{}", refused.text());
    let mut formatter = Command::new("groff");
    formatter.args(["-man", "-Tutf8", "-ww", "-z"]).args(pages.iter().map(fs::DirEntry::path));
    match formatter.output() {
        Ok(read) => assert!(
            read.status.success() && read.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&read.stderr)
        ),
        Err(cause) => println!("groff is not asked: {cause}"),
    }
}
