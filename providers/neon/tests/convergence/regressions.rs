//! What the properties found, as plain tests.

use neonform_engine::prune::{Kinds, Prune};
use neonform_local::BucketSeed;
use serde_json::{Value as Json, json};

use crate::policy::Policy;
use crate::state::{MAIN, plain};
use crate::world::{World, described};

fn file(file: Json) -> Policy {
    Policy { file, tuning: json!({}) }
}

/// Applies and plans again.
async fn left_to_do(world: &World, policy: &Policy) -> Vec<String> {
    assert!(world.apply(policy).await.unwrap().1.is_complete());
    described(&world.plan(policy).await.unwrap().1)
}

/// The platform trims display names, so that a padded one was renamed by every apply, and a blank one
/// failed it.
#[tokio::test]
async fn a_padded_display_name_is_not_drift_for_ever() {
    for (name, kept) in [(" Api ", "Api"), ("\u{3000}", "api")] {
        let world = World::new(&plain(false)).await;
        let policy = file(json!({ "functions": { "api": { "name": name, "source": "./src/a.ts" } } }));
        assert_eq!(left_to_do(&world, &policy).await, Vec::<String>::new());
        assert_eq!(world.report().await["functions"][0]["name"], kept);
    }
}

/// URLs resolve `.` and `..`, encoded or not: deleting a bucket of that name was sent to its branch.
#[tokio::test]
async fn a_bucket_of_dots_is_not_pruned_and_nothing_else_is() {
    for name in [".", ".."] {
        let mut state = plain(false);
        state.seed.buckets = ["other", name]
            .map(|name| BucketSeed {
                branch_id: MAIN.to_owned(),
                name: name.to_owned(),
                access_level: "private".to_owned(),
                objects: vec!["a".to_owned()],
            })
            .to_vec();
        let prune = Prune { kinds: Kinds::Named(vec!["buckets".to_owned()]), with_data: true };
        let world = World::new(&state).await.pruning(prune);
        world.server.clear_log();
        assert_eq!(left_to_do(&world, &file(json!({}))).await, Vec::<String>::new());
        let buckets = format!("/projects/shy-lake-31415926/branches/{MAIN}/buckets");
        let expected = [format!("DELETE {buckets}/other/objects/a"), format!("DELETE {buckets}/other")];
        assert_eq!(world.writes(), expected);
    }
}

/// The same for an object: deleting it would have been deleting its bucket.
#[tokio::test]
async fn an_object_of_dots_fails_its_bucket_alone() {
    let mut state = plain(false);
    state.seed.buckets = vec![BucketSeed {
        branch_id: MAIN.to_owned(),
        name: "one".to_owned(),
        access_level: "private".to_owned(),
        objects: vec!["..".to_owned()],
    }];
    let prune = Prune { kinds: Kinds::Named(vec!["buckets".to_owned()]), with_data: true };
    let world = World::new(&state).await.pruning(prune);
    world.server.clear_log();
    let (_, outcome) = world.apply(&file(json!({}))).await.unwrap();
    let said: Vec<&str> = outcome.failures().map(|failure| failure.0[0].summary.as_str()).collect();
    assert_eq!(said, ["a name of one or two dots cannot be written in a URL; nothing was sent"]);
    assert_eq!(world.writes(), Vec::<String>::new());
}
