//! `--output github`: workflow commands that GitHub Actions shows as annotations beside the lines of a pull request.
//!
//! A command is a line that begins with `::`. What could end a command or a property of one is escaped, and every line
//! is one of ours, so that no name of a stranger is read as a command.

use super::remarks::{Level, Remark};

/// The remarks, a line each; a summary first where there is one.
pub fn annotations(summary: Option<&str>, remarks: &[Remark]) -> String {
    let summary = summary.map(|summary| format!("::notice title=neonform::{}", data(summary)));
    summary.into_iter().chain(remarks.iter().map(annotation)).collect::<Vec<_>>().join("\n")
}

fn annotation(remark: &Remark) -> String {
    let command = match remark.level {
        Level::Note => "notice",
        Level::Warning => "warning",
        Level::Error => "error",
    };
    let mut properties = Vec::new();
    if let Some(at) = &remark.at {
        properties.push(format!("file={}", property(&at.file)));
        properties.push(format!("line={},col={}", at.line, at.column));
    }
    properties.push(format!("title={}", property(&format!("{} [{}]", remark.title, remark.rule.id))));
    // An annotation without a message is not shown.
    let message = if remark.lines.is_empty() { remark.title.clone() } else { remark.lines.join("\n") };
    format!("::{command} {}::{}", properties.join(","), data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::remarks::Rule;
    use super::*;
    use neonform_engine::node::Position;

    #[test]
    fn nothing_in_a_name_ends_a_command_or_a_property() {
        let remark = Remark {
            rule: Rule { id: "change-create".to_owned(), summary: String::new() },
            level: Level::Warning,
            title: "create a,line=9::x\n::error::y%0A".to_owned(),
            lines: vec!["b\r\n::stop-commands::z".to_owned(), "50%".to_owned()],
            at: Some(Position { file: "a,b:c.ts".into(), line: 1, column: 2 }),
            related: Vec::new(),
        };
        assert_eq!(
            annotations(Some("1 to\ncreate"), &[remark]),
            "::notice title=neonform::1 to%0Acreate\n\
             ::warning file=a%2Cb%3Ac.ts,line=1,col=2,\
             title=create a%2Cline=9%3A%3Ax%0A%3A%3Aerror%3A%3Ay%250A [change-create]::\
             b%0D%0A::stop-commands::z%0A50%25"
        );
    }
}
