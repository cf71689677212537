//! The workflows under `docs/recipes`: their shape, and their shell steps against the embedded backend.

mod workflow;
mod world;

use std::fs;

use super::support::root;
use workflow::Workflow;

const FILES: [&str; 6] =
    ["apply.yml", "drift.yml", "plan-fork-comment.yml", "plan-fork.yml", "plan.yml", "preview.yml"];

#[test]
fn every_workflow_has_the_promised_shape_and_its_page() {
    let listed = fs::read_dir(root().join("docs/recipes")).unwrap();
    let names = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let (mut workflows, pages): (Vec<String>, Vec<String>) = names.partition(|name| name.ends_with(".yml"));
    workflows.sort();
    assert_eq!(workflows, FILES);
    for file in FILES {
        assert_eq!(Workflow::read(file).faults(), Vec::<String>::new(), "{file}");
        let page = file.replace("plan-fork-comment", "plan-fork").replace(".yml", ".md");
        assert!(pages.contains(&page), "{file} has no {page}");
        let text = fs::read_to_string(root().join("docs/recipes").join(&page)).unwrap();
        assert!(text.contains(&format!("({file})")), "{page} does not link {file}");
    }
}

#[test]
fn what_must_not_be_in_a_workflow_is_found() {
    let bad = r#"
name: Bad
on: { pull_request_target: {} }
permissions: { contents: write }
concurrency: x
jobs:
  one:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@main
      - name: Title
        env: { TITLE: "${{ github.event.issue.title }}" }
        run: echo "${{ github.head_ref }}"
"#;
    let faults = Workflow::parse(bad).faults().join("\n");
    let expected = [
        "event pull_request_target",
        "contents: \"write\"",
        "actions/checkout@main is not pinned",
        "an expression in a script",
        "unknown expression github.event.issue.title",
        "unknown expression github.head_ref",
    ];
    for fault in expected {
        assert!(faults.contains(fault), "{fault}: {faults}");
    }
}

mod run {
    use super::workflow::{Step, Workflow};
    use super::world::World;

    const EXAMPLE: &str = "examples/todo-api";

    /// Runs a job all of whose steps succeed; their output.
    #[track_caller]
    fn done(file: &str, job: &str, world: &World) -> String {
        let steps = Workflow::read(file).run(job, world);
        let text: String = steps.iter().map(|step| step.text.as_str()).collect();
        assert!(steps.iter().all(|step| step.code == 0), "{text}");
        assert!(!text.contains("swordfish"), "the key shows: {text}");
        text
    }

    fn code(steps: &[Step]) -> i32 {
        steps.last().unwrap().code
    }

    fn body(post: &serde_json::Value) -> &str {
        post["body"].as_str().unwrap()
    }

    #[test]
    fn a_plan_is_one_comment_that_is_kept_up_to_date() {
        let Some(world) = World::of(EXAMPLE) else { return };
        done("plan.yml", "plan", &world);
        assert!(body(&world.posts()[0]).contains("to create"), "{:?}", world.posts());
        world.neonform(&["apply", "--update-existing"]).done();
        done("plan.yml", "plan", &world);
        let posts = world.posts();
        assert_eq!(posts.len(), 1);
        assert!(body(&posts[0]).starts_with("<!-- neonform: plan -->\n### Plan for branch"), "{posts:?}");
        assert!(body(&posts[0]).contains("**No changes.**"), "{posts:?}");
        assert_eq!(
            world.writes(),
            ["POST repos/owner/project/issues/7/comments", "PATCH repos/owner/project/issues/comments/1"]
        );
        world.edit("neon.ts", "buckets: {", "bucket: {");
        let steps = Workflow::read("plan.yml").run("plan", &world);
        assert_eq!((steps.len(), code(&steps)), (3, 1));
        assert!(body(&world.posts()[0]).contains("### Plan failed"), "{:?}", world.posts());
    }

    #[test]
    fn a_strangers_plan_is_made_without_secrets_and_posted_as_plain_text() {
        let Some(world) = World::of(EXAMPLE) else { return };
        let hostile = "[`a\\r</details> @everyone`]: {}, [buckets.attachments]";
        world.edit("neon.ts", "[buckets.attachments]", hostile);
        world.edit("neon.ts", "process.env.LOG_LEVEL", "process.env.NEON_API_HOST");
        let mut steps = Workflow::read("plan-fork.yml").run("plan", &world);
        assert_eq!(code(&steps), 0, "{}", steps.remove(0).text);
        done("plan-fork-comment.yml", "comment", &world);
        done("plan-fork-comment.yml", "comment", &world);
        let posts = world.posts();
        assert_eq!(posts.len(), 1);
        assert_eq!(posts[0]["of"], "7");
        let (head, plan) = body(&posts[0]).split_once("from the project.\n\n").unwrap();
        assert!(!head.contains("everyone") && plan.contains("everyone"), "{posts:?}");
        assert!(plan.lines().all(|line| line.starts_with("    ")), "{plan}");
        assert!(!plan.contains("http://127.0.0.1"), "a variable shows: {plan}");
    }

    #[test]
    fn what_is_merged_is_applied_and_then_nothing_is_left() {
        let Some(world) = World::of(EXAMPLE) else { return };
        let first = done("apply.yml", "apply", &world);
        assert!(first.contains("Applied:"), "{first}");
        let again = done("apply.yml", "apply", &world);
        assert!(again.contains("Nothing to do.") && !again.contains("Applied:"), "{again}");
        world.edit("neon.ts", "buckets: {", "bucket: {");
        let steps = Workflow::read("apply.yml").run("apply", &world);
        assert_eq!((steps.len(), code(&steps)), (1, 1));
    }

    #[test]
    fn a_preview_comes_and_goes_with_its_pull_request() {
        let Some(world) = World::of(EXAMPLE) else { return };
        let exists = || world.neonform(&["status", "--branch", "preview/pr-7"]).code == 0;
        done("preview.yml", "create", &world);
        assert!(exists());
        world.edit("neon.ts", "Todo API", "To-do API");
        let updated = done("preview.yml", "create", &world);
        assert!(updated.contains("Applied:"), "{updated}");
        let deleted = done("preview.yml", "delete", &world);
        assert!(deleted.contains("Deleted preview/pr-7") && !exists(), "{deleted}");
        let again = done("preview.yml", "delete", &world);
        assert!(again.contains("There is no branch preview/pr-7"), "{again}");
    }

    #[test]
    fn drift_has_one_issue_while_it_lasts() {
        let Some(world) = World::of(EXAMPLE) else { return };
        world.neonform(&["apply", "--update-existing"]).done();
        world.neonform(&["apply", "--branch", "preview/a", "--create"]).done();
        done("drift.yml", "drift", &world);
        assert!(world.posts().is_empty(), "{:?}", world.posts());
        world.edit("neon.ts", "Todo API", "To-do API");
        done("drift.yml", "drift", &world);
        done("drift.yml", "drift", &world);
        let posts = world.posts();
        assert_eq!((posts.len(), &posts[0]["state"]), (1, &"open".into()));
        assert!(body(&posts[0]).contains("<code>preview/a</code>"), "{posts:?}");
        world.neonform(&["apply", "--update-existing"]).done();
        world.neonform(&["apply", "--update-existing", "--branch", "preview/a"]).done();
        done("drift.yml", "drift", &world);
        assert_eq!(world.posts()[0]["state"], "closed");
        world.edit("neon.ts", "buckets: {", "bucket: {");
        assert_eq!(code(&Workflow::read("drift.yml").run("drift", &world)), 1);
    }
}
