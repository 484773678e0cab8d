//! The GitLab recipes of `docs/ci.md`, carried out as a runner would.

use std::fs;

use serde_json::Value;

use crate::outside::project::Ended;

use super::page::shown;
use super::place::Place;

/// How a runner starts scripts, where there is bash and where there is not.
const SHELLS: [&[&str]; 2] = [&["bash", "-eo", "pipefail"], &["sh", "-e"]];

/// What the page shows: the jobs with a committed baseline, and those with one of the default branch. The second stands on
/// the first.
fn recipes() -> [Value; 2] {
    let [first, second] = &shown(".gitlab-ci.yml")[..] else { unreachable!("the page shows two") };
    let mut both = second.clone();
    for shared in ["variables", ".carat"] {
        both[shared] = first[shared].clone();
    }
    [first.clone(), both]
}

/// What GitLab sets, and the recipe on top of it.
fn variables(recipe: &Value, place: &Place) -> Vec<(String, String)> {
    let known = [
        ("CI_PROJECT_DIR", place.checkout.path().to_str().unwrap()),
        ("CI_PROJECT_ID", "7"),
        ("CI_API_V4_URL", "https://gitlab.example.org/api/v4"),
        ("CI_DEFAULT_BRANCH", "main"),
        ("CI_JOB_TOKEN", "t0ken"),
    ];
    let own = recipe["variables"].as_object().unwrap().iter().map(|(name, value)| {
        let value = known
            .iter()
            .fold(value.as_str().unwrap().to_owned(), |value, (name, known)| value.replace(&format!("${name}"), known));
        (name.clone(), value)
    });
    own.chain(known.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}

/// Runs a job, and holds it to the artifacts that it promises.
fn run(recipe: &Value, job: &str, place: &Place, shell: &[&str]) -> Ended {
    let job = &recipe[job];
    let base = &recipe[job["extends"].as_str().unwrap()];
    let lines = |of: &Value| -> Vec<String> {
        of.as_array().unwrap().iter().map(|line| format!("{}\n", line.as_str().unwrap())).collect()
    };
    let script = [lines(&base["before_script"]), lines(&job["script"])].concat().concat();
    let ended = place.script(shell, &script, &variables(recipe, place));
    if ended.code.is_some_and(|code| code <= 1) {
        let paths =
            job["artifacts"]["paths"].as_array().unwrap().iter().chain(job["artifacts"]["reports"].get("junit"));
        for path in paths.map(|path| path.as_str().unwrap()) {
            assert!(place.checkout.file(path).exists(), "{path}: {ended:?}");
        }
    }
    ended
}

/// A checkout on a machine where carat is still to be built, with a committed baseline.
fn place() -> Place {
    let place = Place::new();
    place.exports("baselines/triage.carat");
    place.forgets_carat();
    place.builds_carat();
    place
}

#[test]
fn a_merge_request_with_a_committed_baseline() {
    let [recipe, _] = recipes();
    for shell in SHELLS {
        let place = place();
        let same = run(&recipe, "triage", &place, shell);
        assert_eq!(same.code, Some(0), "{same:?}");
        assert_eq!(place.calls("cargo").len(), 1);
        place.answers(60);
        let worse = run(&recipe, "triage", &place, shell);
        assert_eq!(worse.code, Some(1), "{worse:?}");
        assert_eq!(place.calls("cargo").len(), 1, "what was built is used again");
        let junit = place.read("reports/junit.xml");
        assert!(junit.contains("<testsuite name=\"gates\""), "{}", &junit[..2000]);
        fs::remove_file(place.checkout.file("baselines/triage.carat")).unwrap();
        let gone = run(&recipe, "triage", &place, shell);
        assert_eq!(gone.code, Some(2), "{gone:?}");
    }
}

#[test]
fn a_merge_request_with_the_baseline_of_the_default_branch() {
    let [_, recipe] = recipes();
    for shell in SHELLS {
        let place = place();
        let kept = run(&recipe, "baseline", &place, shell);
        assert_eq!(kept.code, Some(0), "{kept:?}");
        let artifact = place.elsewhere("run.carat");
        fs::rename(place.checkout.file("reports/run.carat"), &artifact).unwrap();
        place.afresh();
        let fetch = format!(
            "while [ \"$1\" != --output ]; do shift; done\n[ -f '{0}' ] || exit 22\ncp '{0}' \"$2\"\n",
            artifact.display()
        );
        place.noted("curl", &fetch);
        place.answers(60);
        let worse = run(&recipe, "triage", &place, shell);
        assert_eq!(worse.code, Some(1), "{worse:?}");
        let url = "https://gitlab.example.org/api/v4/projects/7/jobs/artifacts/main/raw/reports/run.carat?job=baseline";
        assert!(place.calls("curl")[0].ends_with(url), "{:?}", place.calls("curl"));
        place.answers(90);
        assert_eq!(run(&recipe, "triage", &place, shell).code, Some(0));
        fs::remove_file(artifact).unwrap();
        assert_eq!(run(&recipe, "triage", &place, shell).code, Some(22), "without a baseline the job ends");
    }
}
