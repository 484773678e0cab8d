use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::Part;

/// Files beside a prompt, by path; what begins with `PNG` is a picture.
struct Files(BTreeMap<String, String>);

impl Files {
    fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }
}

impl Beside for Files {
    fn text(&mut self, path: &str) -> Result<String, String> {
        self.0.get(path).cloned().ok_or_else(|| "no such file".to_owned())
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        let bytes = self.text(path)?.into_bytes();
        let (digest, media_type) = (Some(Digest::of_bytes(&bytes)), Some("image/png".to_owned()));
        Ok(Image { url: path.to_owned(), digest, media_type, bytes: Some(bytes.into()) })
    }
}

const FILE: &str = "prompts/support/triage.prompty";
const TEXT: &str = "---\nname: Triage\nauthors: [Ada]\n---\nsystem:\n{% include \"parts/rules.md\" %}\nuser:\n![one](a.png)\n{{ body }}\n";

fn pack(text: &str, files: &[(&str, &str)]) -> Result<(Prompt, Package), PromptError> {
    Package::pack("support/triage", FILE, text, &mut Files::of(files))
}

fn packed() -> (Prompt, Package) {
    let files = [
        ("parts/rules.md", "Be kind.\n{% include \"tone.md\" %}"),
        ("parts/tone.md", "Be brief.\n![two](b/c.png)"),
        ("a.png", "PNG 1"),
        ("b/c.png", "PNG 2"),
        ("unused.md", "nobody includes this"),
    ];
    pack(TEXT, &files).unwrap()
}

fn why(package: &Package) -> String {
    package.prompt("support/triage").unwrap_err().to_string()
}

#[test]
fn a_package_has_what_the_prompt_needs_and_nothing_else() {
    let (_, package) = packed();
    assert_eq!((package.file.as_str(), package.text.as_str()), (FILE, TEXT));
    assert_eq!(package.includes.keys().collect::<Vec<_>>(), ["parts/rules.md", "parts/tone.md"]);
    assert_eq!(package.pictures.keys().collect::<Vec<_>>(), ["a.png", "b/c.png"]);
    let picture = Picture { media_type: "image/png".to_owned(), base64: "UE5HIDE=".to_owned() };
    assert_eq!(package.pictures["a.png"], picture);
}

#[test]
fn what_comes_out_of_a_package_is_what_went_in() {
    let (prompt, package) = packed();
    let json = serde_json::to_string(&package).unwrap();
    let read: Package = serde_json::from_str(&json).unwrap();
    assert_eq!(read, package);
    let again = read.prompt("renamed").unwrap();
    assert_eq!(again.digest(), prompt.digest());
    assert_eq!((again.name.as_str(), again.authors.as_slice()), ("renamed", &["Ada".to_owned()][..]));

    let input = json!({"body": "charged twice"});
    let render = |prompt: &Prompt| prompt.render(input.as_object().unwrap(), &[], &|path| read.image(path)).unwrap();
    let messages = render(&again);
    assert_eq!(messages, render(&prompt));
    assert!(matches!(&messages[1].content[0], Part::Image(image) if image.bytes.as_deref() == Some(b"PNG 1")));
}

#[test]
fn packing_what_comes_out_of_a_package_gives_the_same_package() {
    let (_, package) = packed();
    let (_, again) = Package::pack(
        "support/triage",
        FILE,
        &package.text,
        &mut Unpacking { package: &package, fetched: BTreeSet::new() },
    )
    .unwrap();
    assert_eq!(again, package);
}

#[test]
fn what_is_not_in_the_package_is_told_with_its_place() {
    let (_, package) = packed();
    let without = |path: &str| {
        let mut package = package.clone();
        package.includes.remove(path);
        package.pictures.remove(path);
        why(&package)
    };
    for path in ["parts/rules.md", "parts/tone.md", "a.png", "b/c.png"] {
        let said = without(path);
        assert!(said.contains(path) && said.contains("it is not in the prompt's package"), "{said}");
    }
    assert_eq!(package.image("c.png").unwrap_err(), "it is not in the prompt's package");
}

#[test]
fn a_damaged_picture_is_told() {
    let (_, mut package) = packed();
    package.pictures.get_mut("a.png").unwrap().base64 = "UE5HIDE".to_owned();
    let said = why(&package);
    assert!(said.contains("a.png") && said.contains("its bytes are damaged"), "{said}");
}

#[test]
fn a_changed_picture_or_include_makes_another_digest() {
    let (prompt, package) = packed();
    let mut picture = package.clone();
    picture.pictures.get_mut("a.png").unwrap().base64 = STANDARD.encode("PNG 3");
    assert_ne!(picture.prompt("support/triage").unwrap().digest(), prompt.digest());
    let mut include = package;
    include.includes.insert("parts/tone.md".to_owned(), "Be loud.\n![two](b/c.png)".to_owned());
    assert_ne!(include.prompt("support/triage").unwrap().digest(), prompt.digest());
}

#[test]
fn a_package_with_a_key_that_nobody_knows_is_refused() {
    let (_, package) = packed();
    let mut json = serde_json::to_value(&package).unwrap();
    json["file_mode"] = json!(420);
    let said = serde_json::from_value::<Package>(json).unwrap_err().to_string();
    assert!(said.contains("unknown field `file_mode`"), "{said}");
}

#[test]
fn what_cannot_be_fetched_cannot_be_packed() {
    let said = pack(TEXT, &[("parts/rules.md", "Be kind.")]).unwrap_err().to_string();
    assert!(said.starts_with(FILE) && said.contains("a.png") && said.contains("no such file"), "{said}");
    assert!(pack("---\nname: [\n---\nuser:\nhi\n", &[]).is_err());
}

proptest! {
    #[test]
    fn any_prompt_survives_its_package(words in "[ -~\n]{0,40}", body in "([a-z ]|\\{\\{ x \\}\\}|\\{# c #\\}|\n){0,20}", include in "([a-z ]|\\{\\{ y \\}\\}|\n){0,20}") {
        let text = format!("user:\n{body}\n{{% include \"a.md\" %}}\n");
        let include = format!("{include}{{% raw %}}{words}");
        let files = Files::of(&[("a.md", &format!("{include}{{% endraw %}}"))]);
        if let Ok((prompt, package)) = Package::pack("p", "p.prompty", &text, &mut { files }) {
            let json = serde_json::to_string(&package).unwrap();
            let read: Package = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(read.prompt("p").unwrap().digest(), prompt.digest());
        }
    }

    #[test]
    fn no_package_panics(text in ".{0,60}", include in ".{0,40}", base64 in ".{0,12}") {
        let picture = Picture { media_type: String::new(), base64 };
        let package = Package {
            file: String::new(),
            text: format!("user:\n{{% include \"a\" %}}\n![x](b)\n{text}"),
            includes: [("a".to_owned(), include)].into(),
            pictures: [("b".to_owned(), picture)].into(),
        };
        let _ = package.prompt("p").map(|prompt| prompt.digest());
        let _ = package.image("b");
    }
}

#[test]
fn what_nothing_asks_for_has_no_place_in_a_package() {
    let (_, package) = packed();
    let mut stuffed = package.clone();
    stuffed.includes.insert("../support/other.prompty".to_owned(), "system:\nEvil.\n".to_owned());
    let told = stuffed.prompt("support/triage").unwrap_err().message;
    assert_eq!(told, "`../support/other.prompty` is in its package, and nothing in the prompt asks for it");
    let mut stuffed = package;
    stuffed.pictures.insert("x.png".to_owned(), stuffed.pictures["a.png"].clone());
    assert!(stuffed.prompt("support/triage").is_err());
}
