//! Models that are shut down, or will be.

use std::path::Path;

use carat_sim::{Endpoint, FaultKind, FaultRule, ModelSettings, Running, Settings, Simulation};
use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::outside::project::{Ended, Project};

const KEY: &str = "sk-very-secret-0123456789";

/// The day that comes in so many days.
fn day(days: i32) -> String {
    Timestamp::now().to_zoned(TimeZone::UTC).date().saturating_add(days.days()).to_string()
}

/// What it wrote and said and how it ended, with the days of this test by their distance from today.
fn whole(ended: &Ended, project: &Project, days: &[i32]) -> String {
    let text = format!("{}{}", ended.data, ended.told(project));
    days.iter().fold(text, |text, days| text.replace(&day(*days), &format!("DAY{days:+}")))
}

fn serve(models: &[&str], more: Settings) -> Running {
    let models = models.iter().map(|name| ((*name).to_owned(), ModelSettings::default())).collect();
    Simulation::new(Settings { models, ..more }).start_on_thread("127.0.0.1:0").unwrap()
}

/// A project with two models of OpenAI's, one on a server of its own, and a prompt that names a fourth.
fn project(calendar: &str) -> Project {
    let project = Project::empty();
    project.write(
        "carat.yaml",
        "models:\n  nearest: { provider: baseline }\n  main: { provider: openai, model: gpt-4-0613 }\n  \
         gpt-9: { provider: openai }\n  own: { provider: openai, base_url: \"http://127.0.0.1:9/v1\", model: gpt-4-0613 }\n",
    );
    project.write("prompts/a.prompty", "---\nmodel: { id: text-old }\n---\nuser:\nhi\n");
    project.write("prompts/b.prompty", "---\nmodel: { id: main }\n---\nuser:\nhi\n");
    project.write("lifecycles.yaml", calendar);
    project
}

fn entry(model: &str, days: i32, more: &str) -> String {
    let (shutdown, as_of) = (day(days), day(-30));
    format!(
        "- {{ provider: openai, model: \"{model}\", shutdown: {shutdown}, source: https://a.example, as_of: {as_of}{more} }}\n"
    )
}

#[test]
fn what_ends_first_is_told_first_with_where_it_is_pinned() {
    let calendar =
        entry("gpt-4-*", 15, ", replacement: gpt-5.1") + &entry("text-old", -1, "") + &entry("gpt-9", 91, "");
    let project = project(&calendar);
    let ended = project.carat(&["model", "check", "--offline"]);
    insta::assert_snapshot!(whole(&ended, &project, &[15, -1, 91, -30]), @r"
    ✗ text-old  was shut down on DAY-1, 1 day ago
        pinned in    prompts/a.prompty (model)
        source       https://a.example, looked up on DAY-30 (lifecycles.yaml)
    ! gpt-4-0613  is shut down on DAY+15, in 15 days
        pinned in    carat.yaml (models.main), prompts/b.prompty (model)
        replacement  gpt-5.1
        source       https://a.example, looked up on DAY-30 (lifecycles.yaml)
    ✓ gpt-9  is shut down on DAY+91, in 91 days
        pinned in    carat.yaml (models.gpt-9)
        source       https://a.example, looked up on DAY-30 (lifecycles.yaml)
    · gpt-4-0613  no date is known
        pinned in    carat.yaml (models.own)
    exit 1
    ");
}

#[test]
fn how_soon_is_too_soon_is_for_the_person_to_say() {
    let project = project(&entry("gpt-4-*", 15, ""));
    let code = |within: &str| project.carat(&["model", "check", "--offline", "--within", within, "main"]).code;
    assert_eq!((code("15d"), code("14d"), code("2w"), code("3w")), (Some(1), Some(0), Some(0), Some(1)));
    let refused = project.carat(&["model", "check", "--within", "soon"]);
    assert!(refused.code == Some(2) && refused.talk.contains("expected days or weeks"), "{refused:?}");
}

#[test]
fn a_model_that_nobody_says_anything_about_is_no_error() {
    let project = project("# nothing yet\n");
    let ended = project.carat(&["model", "check", "--offline", "gpt-9"]);
    insta::assert_snapshot!(whole(&ended, &project, &[]), @r"
    · gpt-9  no date is known
        pinned in    carat.yaml (models.gpt-9)
    exit 0
    ");
}

#[test]
fn names_that_nobody_has_are_told_with_the_nearest() {
    let project = project("");
    insta::assert_snapshot!(project.carat(&["model", "check", "--offline", "mian"]).told(&project), @r"
    exit 2
    error: carat.yaml, the prompts and the labels have no model `mian`; did you mean `main`?
    ");
    insta::assert_snapshot!(project.carat(&["model", "check", "--offline", "nearest"]).told(&project), @r"
    exit 0
    the project uses no model that somebody else serves
    ");
}

#[test]
fn a_calendar_that_cannot_be_read_is_told_with_its_line() {
    let told = |calendar: &str| {
        let project = project(calendar);
        project.carat(&["model", "check", "--offline"]).told(&project)
    };
    insta::assert_snapshot!(told("- provider: openai\n  model: m\n  shutdown: 2026-6-6\n  source: s\n  as_of: 2026-01-01\n"), @r"
    exit 2
    error: lifecycles.yaml:3:13: `2026-6-6` is not a day such as `2026-06-30`
    ");
    insta::assert_snapshot!(told("- provider: openai\n  model: m\n  shutdonw: 2026-06-06\n"), @r"
    exit 2
    error: lifecycles.yaml:3:3: unknown field `shutdonw`, expected one of provider, model, shutdown, replacement, source, as_of; did you mean `shutdown`?
    ");
}

#[test]
fn another_calendar_can_be_named_and_must_then_be_there() {
    let project = project(&entry("gpt-9", -1, ""));
    project.write("elsewhere/dates.yaml", entry("gpt-9", 400, ""));
    let ended = project.carat(&["model", "check", "--offline", "gpt-9", "--calendar", "elsewhere/dates.yaml"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let ended = project.carat(&["model", "check", "--offline", "--calendar", "none.yaml"]);
    insta::assert_snapshot!(ended.told(&project), @r"
    exit 2
    error: none.yaml: No such file or directory (os error 2)
    ");
    let carat = std::fs::read_to_string(project.file("carat.yaml")).unwrap();
    project.write("carat.yaml", format!("lifecycles: elsewhere/dates.yaml\n{carat}"));
    assert_eq!(project.carat(&["model", "check", "--offline", "gpt-9"]).code, Some(0));
}

#[test]
fn with_nobody_to_say_anything_there_is_no_green_tick() {
    let project = project("");
    std::fs::remove_file(project.file("lifecycles.yaml")).unwrap();
    insta::assert_snapshot!(project.carat(&["model", "check", "--offline"]).told(&project), @r"
    exit 2
    error: there is no lifecycles.yaml, and with --offline nothing else says when models are shut down; see docs/lifecycles.md
    ");
}

/// A project with one model, on this server.
fn on(server: &Running, model: &str, calendar: &str) -> Project {
    let mut project = Project::empty();
    project.set("MY_KEY", KEY);
    let url = server.base_url();
    let settings = format!("provider: openai, base_url: \"{url}\", model: \"{model}\", api_key_env: MY_KEY");
    project.write("carat.yaml", format!("models:\n  m: {{ {settings} }}\n"));
    project.write("lifecycles.yaml", calendar);
    project
}

#[test]
fn what_the_provider_lists_is_read_as_a_day_and_as_seconds() {
    let seconds = (Timestamp::now() + 40.hours() + 24.hours()).as_second();
    for (model, days) in [(format!("m-until-{}", day(30)), 30), (format!("m-until-{seconds}"), 0)] {
        let server = serve(&[&model, "other"], Settings { key: Some(KEY.into()), ..Settings::default() });
        let project = on(&server, &model, "");
        let ended = project.carat(&["model", "check"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(!format!("{ended:?}").contains(KEY), "{ended:?}");
        if days > 0 {
            let text = whole(&ended, &project, &[30]);
            insta::assert_snapshot!(text, @r"
            ! m-until-DAY+30  is shut down on DAY+30, in 30 days
                pinned in    carat.yaml (models.m)
                source       the list of models of 127.0.0.1
            exit 1
            ");
        }
        assert_eq!(
            server.counters().totals.requests.values().sum::<u64>(),
            1,
            "it is asked once, and for nothing else"
        );
    }
}

#[test]
fn of_two_days_the_earlier_one_counts_and_the_other_is_told() {
    let model = format!("m-until-{}", day(200));
    let server = serve(&[&model], Settings::default());
    let calendar = entry("m-until-*", 20, "").replace("provider: openai", "provider: 127.0.0.1");
    let project = on(&server, &model, &calendar);
    let ended = project.carat(&["model", "check"]);
    insta::assert_snapshot!(whole(&ended, &project, &[20, 200, -30]), @r"
    ! m-until-DAY+200  is shut down on DAY+20, in 20 days
        pinned in    carat.yaml (models.m)
        source       https://a.example, looked up on DAY-30 (lifecycles.yaml)
        but          DAY+200 by the list of models of 127.0.0.1
    exit 1
    ");
}

#[test]
fn a_provider_that_does_not_say_is_told_and_with_whose_fault_it_is() {
    let told = |server: &Running, model: &str| {
        let project = on(server, model, "");
        let ended = project.carat(&["model", "check"]);
        assert!(!format!("{ended:?}").contains(KEY), "{ended:?}");
        whole(&ended, &project, &[])
    };
    let wrong_key = serve(&["m"], Settings { key: Some("another".into()), ..Settings::default() });
    insta::assert_snapshot!(told(&wrong_key, "m"), @r"
    · m  no date is known
        pinned in    carat.yaml (models.m)
        provider     its provider does not say: the key is missing or refused (401)
    exit 2
    ");
    let fine = serve(&["m", "m-until-soon"], Settings::default());
    insta::assert_snapshot!(told(&fine, "gone"), @r"
    · gone  no date is known
        pinned in    carat.yaml (models.m)
        provider     its provider does not list it, or no longer
    exit 0
    ");
    insta::assert_snapshot!(told(&fine, "m-until-soon"), @r#"
    · m-until-soon  no date is known
        pinned in    carat.yaml (models.m)
        provider     its provider says "soon", which is no day
    exit 3
    "#);
    let rule = FaultRule { endpoint: Some(Endpoint::Models), ..FaultRule::always(FaultKind::ErrorHtml) };
    let broken = serve(&["m"], Settings { faults: vec![rule], ..Settings::default() });
    insta::assert_snapshot!(told(&broken, "m"), @r"
    · m  no date is known
        pinned in    carat.yaml (models.m)
        provider     its provider cannot be asked: it answers with 502
    exit 3
    ");
}

#[test]
fn what_is_known_is_told_as_json() {
    let project = project(&entry("gpt-4-*", 15, ", replacement: gpt-5.1"));
    let ended = project.carat(&["model", "check", "--offline", "--json", "main"]);
    let text = [15, -30, 0].iter().fold(ended.data, |text, days| text.replace(&day(*days), &format!("DAY{days:+}")));
    let told: Value = serde_json::from_str(&text).unwrap();
    insta::assert_json_snapshot!(told, @r#"
    {
      "format": 1,
      "today": "DAY+0",
      "within_days": 90,
      "models": [
        {
          "model": "gpt-4-0613",
          "provider": "openai",
          "status": "soon",
          "shutdown": "DAY+15",
          "days_left": 15,
          "pinned_in": [
            {
              "file": "carat.yaml",
              "key": "models.main",
              "kind": "model",
              "name": "main",
              "label": null,
              "version": null
            },
            {
              "file": "prompts/b.prompty",
              "key": "model",
              "kind": "prompt",
              "name": "b",
              "label": null,
              "version": null
            }
          ],
          "said": [
            {
              "shutdown": "DAY+15",
              "replacement": "gpt-5.1",
              "source": "https://a.example",
              "as_of": "DAY-30",
              "calendar": "lifecycles.yaml"
            }
          ],
          "provider_did_not_say": null
        }
      ]
    }
    "#);
}

#[test]
fn a_prompt_that_cannot_be_read_may_pin_anything() {
    let project = project("");
    project.write("prompts/c.prompty", "---\nmodle: { id: x }\n---\nuser:\nhi\n");
    let ended = project.carat(&["model", "check", "--offline"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.talk.starts_with("error: prompts/c.prompty:2"), "{ended:?}");
}

#[test]
fn the_example_projects_calendar_is_in_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let project = Project::empty();
    project.write("carat.yaml", "models:\n  m: { provider: openai, model: gpt-5-mini-2025-08-07 }\n");
    let calendar = root.join("lifecycles.yaml");
    let check = ["model", "check", "--offline", "--json", "--calendar", calendar.to_str().unwrap()];
    let ended = project.carat(&check);
    let told: Value = serde_json::from_str(&ended.data).unwrap();
    let said = &told["models"][0]["said"][0];
    assert_eq!((said["shutdown"].as_str(), said["as_of"].as_str()), (Some("2026-12-11"), Some("2026-10-28")), "{told}");
    // Whether anything ends soon is a matter of the day on which this runs.
    let ended = project.carat(&["model", "check", "--offline", "--project", root.to_str().unwrap()]);
    assert!(matches!(ended.code, Some(0 | 1)), "{ended:?}");
}

/// A project with a model and a prompt under labels, and with other files since.
fn labelled() -> Project {
    let project = project(&entry("gpt-4-*", 15, ""));
    assert_eq!(project.carat(&["model", "save", "main"]).code, Some(0));
    assert_eq!(project.carat(&["model", "label", "main@1", "production"]).code, Some(0));
    project.write("prompts/b.prompty", "---\nmodel: { id: gpt-4-32k }\n---\nuser:\nhi\n");
    assert_eq!(project.carat(&["prompt", "save", "b"]).code, Some(0));
    assert_eq!(project.carat(&["prompt", "label", "b@1", "staging"]).code, Some(0));
    project.write("prompts/b.prompty", "user:\nhi\n");
    project.write("carat.yaml", "models:\n  main: { provider: openai, model: gpt-10 }\n");
    project
}

#[test]
fn what_labels_point_to_is_looked_at_whatever_the_files_say_by_now() {
    let project = labelled();
    let ended = project.carat(&["model", "check", "--offline"]);
    insta::assert_snapshot!(whole(&ended, &project, &[15, -30]), @"
    ! gpt-4-0613  is shut down on DAY+15, in 15 days
        pinned in    main@production (version 1)
        source       https://a.example, looked up on DAY-30 (lifecycles.yaml)
    ! gpt-4-32k  is shut down on DAY+15, in 15 days
        pinned in    b@staging (model)
        source       https://a.example, looked up on DAY-30 (lifecycles.yaml)
    · gpt-10  no date is known
        pinned in    carat.yaml (models.main)
    · text-old  no date is known
        pinned in    prompts/a.prompty (model)
    exit 1
    ");
}

#[test]
fn a_name_means_what_labels_point_to_as_well_and_a_label_may_be_named() {
    let project = labelled();
    let checked = |name: &str| -> Vec<String> {
        let ended = project.carat(&["model", "check", "--offline", "--json", name]);
        let told: Value = serde_json::from_str(&ended.data).unwrap();
        let models = told["models"].as_array().unwrap().iter();
        models.map(|model| model["model"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(checked("main"), ["gpt-10", "gpt-4-0613"]);
    assert_eq!(checked("main@production"), ["gpt-4-0613"]);
    assert_eq!(checked("b@staging"), ["gpt-4-32k"]);
    let ended = project.carat(&["model", "check", "--offline", "--json", "main@production"]);
    let told: Value = serde_json::from_str(&ended.data).unwrap();
    assert_eq!(
        told["models"][0]["pinned_in"],
        serde_json::json!([{"file": "main@production", "key": "version 1", "kind": "model", "name": "main",
                            "label": "production", "version": 1}])
    );
    insta::assert_snapshot!(project.carat(&["model", "check", "--offline", "main@prodution"]).told(&project), @"
    exit 2
    error: carat.yaml, the prompts and the labels have no model `main@prodution`; did you mean `main@production`?
    ");
}
