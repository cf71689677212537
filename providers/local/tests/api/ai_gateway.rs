//! The AI gateway.

use crate::harness::{Api, MAIN};

#[tokio::test]
async fn the_gateway_has_an_address() {
    let api = Api::new().await;
    let gateway = api.get(&format!("{MAIN}/ai_gateway")).await.expect(200);
    assert_eq!(gateway["enabled"], true);
    assert_eq!(gateway["base_url"], "https://br-local-main-00000001-api.ai.c-1.us-east-2.aws.neon.tech");
}
