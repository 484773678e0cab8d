//! The published digests of models, in `tests/vectors`, are those of their settings.

use carat_core::Digest;
use carat_models::model_id;
use serde_json::Value;

use crate::asking::spec;

fn vectors_of(kind: &str) -> Vec<Value> {
    let lines = include_str!("../../../../tests/vectors/digests.jsonl").lines();
    let vectors = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    vectors.filter(|vector| vector["kind"] == kind).collect()
}

#[test]
fn the_digest_of_a_model_is_the_published_one_of_what_decides_its_answers() {
    let models = vectors_of("model");
    assert!(models.len() >= 4, "the published models are gone");
    for model in models {
        let id = model_id(model["about"].as_str().unwrap(), &spec(model["settings"].clone()), None).unwrap();
        assert_eq!(id.digest, Digest::of_json(&model["content"]), "{}", model["about"]);
        assert_eq!(id.digest.to_string(), model["digest"].as_str().unwrap());
    }
    // A version of the settings covers the parameters as well.
    let of_settings = vectors_of("settings");
    assert!(of_settings.len() >= 2, "the published versions of settings are gone");
    for version in of_settings {
        let settings = spec(version["settings"].clone());
        let id = model_id(version["about"].as_str().unwrap(), &settings, None).unwrap();
        let digest = settings.settings_digest(id.digest);
        assert_eq!(digest.to_string(), version["digest"].as_str().unwrap(), "{}", version["about"]);
        if !settings.parameters.is_empty() {
            assert_eq!(digest, Digest::of_json(&version["content"]));
        }
    }
}
