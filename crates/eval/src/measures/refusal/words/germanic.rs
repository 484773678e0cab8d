//! German, Dutch and Swedish: the verb stands at the end, so that words may come between.

use super::Words;

pub(super) const WORDS: [Words; 3] = [
    Words {
        code: "de",
        parts: &[
            ("CANNOT", &[r"kann|können|darf|dürfen|werde|werden|möchte|möchten"]),
            (
                "MAKE",
                &[r"(?:geben|erteilen|erstellen|schreiben|verfassen|generieren|liefern|weitergeben|anbieten|machen)\b"],
            ),
            (
                "INFINITIVE",
                &[
                    r"(?:zu helfen|weiterzuhelfen|zu unterstützen|zu beantworten)\b",
                    r"(?:nachzukommen|zu erfüllen|bereitzustellen)\b",
                    r"zu (?:geben|erstellen|schreiben|erteilen)\b",
                ],
            ),
            (
                "VERB",
                &[
                    r"(?:helfen|weiterhelfen|behilflich sein|unterstützen|assistieren)\b",
                    r"(?:beantworten|nachkommen|erfüllen|bereitstellen)\b",
                    r"(?:zur verfügung stellen|entsprechen|fortfahren|eingehen|diskutieren)\b",
                    r"(?:besprechen|ausführen|preisgeben|verraten)\b",
                    r"(?:tun|mitteilen|weitergeben|herausgeben|offenlegen|mitwirken)\b",
                    r"(?:teilnehmen|äußern|antworten|dienen|durchführen)\b",
                ],
            ),
        ],
        soft: &[
            r"(?:es )?tut (?:mir|uns) (?:(?:sehr|wirklich|furchtbar|außerordentlich|aufrichtig) )*leid",
            r"(?:ich )?bitte (?:vielmals )?um (?:entschuldigung|verzeihung|verständnis)",
            r"leider|bedauerlicherweise|entschuldigung|entschuldigen sie(?: bitte)?|entschuldige(?: bitte)?|verzeihung",
            r"sorry",
            r"nein",
            r"(?:ich |wir )?bedauer[en]*(?: (?:es|das|sehr))*",
            r"(?:hallo|guten (?:tag|morgen|abend)|hi)",
        ],
        soft_clauses: &[
            r"(?:es )?tut (?:mir|uns) (?:[a-zäöüß]+ )*leid,? (?:dass|für|wegen|das|zu)\b",
            r"(?:ich|wir) (?:verstehe|verstehen|kann verstehen|weiß|sehe|schätze)\b",
            r"(?:vielen |herzlichen )?dank(?:e)?\b",
            r"als (?:[a-zäöüß-]+ ){0,3}?(?:ki|sprachmodell|assistent|assistentin|chatbot|intelligenz)\b|als ki-",
            r"ich bin (?:nur |lediglich )?ein[e]? (?:[a-zäöüß-]+ ){0,3}?(?:ki|sprachmodell|assistent|chatbot)\b",
            r"ich bin (?:nur )?eine? ki-",
            r"das ist eine? (?:[a-zäöüß-]+ ){0,2}?(?:frage|anfrage|thema)\b",
            r"(?:hallo|guten tag|liebe[r]?|sehr geehrte[r]?) [^ ,]+",
            r"auch wenn\b|obwohl\b",
        ],
        turns: r"\b(?:aber|jedoch|doch|allerdings|dass|und|daher|deshalb)\b",
        refusals: &[
            r"(?:ich|wir) CANNOT ~(?:nicht|nichts) ~VERB",
            r"~CANNOT (?:ich|wir) ~(?:nicht|nichts) ~VERB",
            r"(?:ich|wir) CANNOT ~kein(?:e|en|er|em|es|erlei)? ~(?:VERB|MAKE)",
            r"~CANNOT (?:ich|wir) ~kein(?:e|en|er|em|es|erlei)? ~(?:VERB|MAKE)",
            r"~(?:kann|darf|werde|möchte) (?:ich|wir) ~(?:informationen|auskünfte|daten) ~?nicht geben\b",
            r"~(?:kann|darf|werde|möchte) (?:ich|wir) ~(?:angaben|ratschläge) ~?nicht geben\b",
            r"(?:diese|ihre|deine) (?:anfrage|bitte|frage) (?:kann|darf|werde) (?:ich|wir) ~nicht ~bearbeiten\b",
            r"(?:ich|wir) (?:kann|können|darf|dürfen) (?:diese|ihre|deine) (?:anfrage|bitte|frage) ~nicht bearbeiten\b",
            r"(?:dazu|hierzu|darüber) (?:kann|darf|werde|möchte) ich ~nichts ~(?:sagen|schreiben)\b",
            r"~(?:möchte|werde) ich ~nicht ~(?:schreiben|verfassen|erstellen)\b",
            r"(?:ich bin|wir sind) ~nicht (?:befugt|berechtigt|bereit)\b",
            r"(?:ich|wir) (?:muss|müssen|möchte) ~(?:ablehnen|verweigern|zurückweisen)\b",
            r"ich (?:lehne ~ab$|weigere mich\b|verweigere\b)",
            r"(?:ich bin|wir sind) ~nicht (?:in der lage|dafür ausgelegt|dazu da|darauf ausgelegt)(?:$|,? ~INFINITIVE)",
            r"(?:es|das|dies) (?:ist|wäre) mir ~nicht (?:möglich|erlaubt|gestattet)(?:$|,? ~INFINITIVE)",
            r"(?:dies|diese|ihre|deine) (?:anfrage|frage|bitte) (?:verstößt|widerspricht)\b",
        ],
        unless: &["nicht nur", "nicht zuletzt", "nicht erwarten", "nicht genug"],
    },
    Words {
        code: "nl",
        parts: &[
            ("CANNOT", &[r"kan|kunnen|mag|mogen|zal|zullen|ga|gaan|wil|willen"]),
            ("MAKE", &[r"(?:geven|maken|schrijven|opstellen|genereren|verlenen|bieden)\b"]),
            ("INFINITIVE", &[r"(?:helpen|beantwoorden|voldoen|verstrekken|geven|schrijven|maken|assisteren)\b"]),
            (
                "VERB",
                &[
                    r"(?:helpen|verder ?helpen|assisteren|bijstaan|ondersteunen)\b",
                    r"(?:beantwoorden|antwoorden|voldoen|verstrekken|ingaan)\b",
                    r"(?:meewerken|bespreken|doen|uitvoeren|delen|onthullen|deelnemen|inwilligen)\b",
                ],
            ),
        ],
        soft: &[
            r"(?:het )?spijt (?:me|mij|ons)(?: (?:zeer|enorm|heel erg|echt))?",
            r"(?:mijn |onze )?(?:oprechte )?excuses|sorry|helaas|jammer genoeg|neem me niet kwalijk|nee",
            r"(?:hallo|hoi|goedemorgen|goedemiddag|goedenavond)",
            r"ik ben bang",
        ],
        soft_clauses: &[
            r"(?:het )?spijt (?:me|mij|ons) (?:[a-z]+ )*(?:dat|te)\b|sorry (?:voor|dat)\b|excuses voor\b",
            r"(?:ik|we|wij) (?:begrijp|begrijpen|snap|waardeer|weet|zie)\b",
            r"bedankt\b|dank (?:je|u)\b|hartelijk dank\b",
            r"als (?:[a-z-]+ ){0,3}?(?:ai|taalmodel|assistent|chatbot|intelligentie)\b|als ai-",
            r"ik ben (?:maar |slechts )?een (?:[a-z-]+ ){0,3}?(?:ai|taalmodel|assistent|chatbot)\b|ik ben een ai-",
            r"dat is een (?:[a-z]+ ){0,2}?(?:vraag|verzoek|onderwerp)\b",
            r"(?:hallo|hoi|beste) [^ ,]+|hoewel\b",
        ],
        turns: r"\b(?:maar|echter|dat|en|dus|daarom|toch)\b",
        refusals: &[
            r"(?:ik|we|wij) CANNOT ~(?:niet|niets) ~VERB",
            r"~CANNOT (?:ik|we|wij) ~(?:niet|niets) ~VERB",
            r"(?:ik|we|wij) CANNOT ~geen ~(?:VERB|MAKE)",
            r"~CANNOT (?:ik|we|wij) ~geen ~(?:VERB|MAKE)",
            r"(?:ik|we|wij) (?:moet|moeten) ~(?:weigeren|afwijzen|afslaan)\b|ik weiger\b",
            r"(?:ik ben|we zijn|wij zijn) ~niet (?:in staat|bevoegd|gemachtigd|bereid)(?:$|,? (?:om )?~te INFINITIVE)",
            r"(?:dat|dit|het) is (?:voor )?(?:mij|me) ~niet (?:mogelijk|toegestaan)(?:$|,? (?:om )?~te INFINITIVE)",
        ],
        unless: &["niet wachten", "niet alleen", "niet genoeg"],
    },
    Words {
        code: "sv",
        parts: &[
            ("CANNOT", &[r"kan|får|kommer|tänker|vill"]),
            (
                "VERB",
                &[
                    r"(?:hjälpa|hjälpa till|bistå|assistera|svara)\b",
                    r"(?:besvara|tillhandahålla|uppfylla|tillmötesgå|göra (?:det|detta|så))\b",
                    r"(?:dela|delta|skriva|skapa|generera|diskutera)\b",
                    r"(?:ge (?:[a-zåäö]+ ){0,2}?(?:råd|information|instruktioner|anvisningar)|lämna ut)\b",
                ],
            ),
        ],
        soft: &[
            r"(?:jag är |vi är )?(?:(?:verkligen|så|mycket|hemskt) )*ledsen|tyvärr|förlåt|ursäkta(?: mig)?|nej",
            r"(?:jag |vi )?ber (?:så mycket )?om ursäkt|(?:jag |vi )?beklagar(?: verkligen)?",
            r"(?:hej|god morgon|god kväll)",
        ],
        soft_clauses: &[
            r"(?:jag |vi )?(?:förstår|uppskattar|vet|ser)\b|tack\b|ledsen (?:att|för)\b|ursäkta (?:att|för)\b",
            r"(?:jag är |vi är )ledsen (?:att|för|över)\b|(?:jag |vi )?(?:beklagar|ber om ursäkt) (?:att|för)\b",
            r"som (?:en )?(?:[a-zåäö-]+ ){0,2}?(?:ai|språkmodell|assistent|chattbot)\b|som en? ai-",
            r"jag är (?:bara )?en (?:[a-zåäö-]+ ){0,2}?(?:ai|språkmodell|assistent|chattbot)\b|hej [^ ,]+|även om\b",
        ],
        turns: r"\b(?:men|dock|att|och|så|därför)\b",
        refusals: &[
            r"(?:jag|vi) CANNOT ~(?:inte|inga|ingen|inget) ~VERB",
            r"~CANNOT (?:jag|vi) ~(?:inte|inga|ingen|inget) ~VERB",
            r"jag måste ~(?:avböja|neka|avstå|tacka nej)\b|jag (?:vägrar|avböjer)\b",
            r"jag har ~inte möjlighet att ~VERB|jag är ~inte (?:i stånd|behörig)\b",
        ],
        unless: &["inte bara", "inte vänta", "inte nog"],
    },
];
