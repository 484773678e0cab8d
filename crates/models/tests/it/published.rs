//! The published digests of models, in `tests/vectors`, are those of their settings.

use carat_core::Digest;
use carat_models::model_id;
use serde_json::Value;

use crate::asking::spec;

#[test]
fn the_digest_of_a_model_is_the_published_one_of_what_decides_its_answers() {
    let lines = include_str!("../../../../tests/vectors/digests.jsonl").lines();
    let vectors = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let models: Vec<Value> = vectors.filter(|vector| vector["kind"] == "model").collect();
    assert!(models.len() >= 4, "the published models are gone");
    for model in models {
        let id = model_id(model["about"].as_str().unwrap(), &spec(model["settings"].clone()), None).unwrap();
        assert_eq!(id.digest, Digest::of_json(&model["content"]), "{}", model["about"]);
        assert_eq!(id.digest.to_string(), model["digest"].as_str().unwrap());
    }
}
