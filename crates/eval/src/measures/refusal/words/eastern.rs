//! Polish, Japanese and Chinese.

use super::Words;

pub(super) const WORDS: [Words; 3] = [
    Words {
        code: "pl",
        parts: &[
            (
                "CANNOT",
                &[
                    r"mogę|możemy|jestem w stanie|jesteśmy w stanie|potrafię|będę|będziemy|wolno mi|zamierzam|chcę",
                    r"powinienem|powinnam|mam możliwości|jestem upoważnion[ya] do",
                ],
            ),
            (
                "VERB",
                &[
                    r"(?:pomóc|pomagać|udzielić|udzielać|odpowiedzieć)\b",
                    r"(?:odpowiadać|spełnić|zrealizować|dostarczyć|dostarczać)\b",
                    r"(?:udostępnić|ujawnić)\b",
                    r"(?:stworzyć|tworzyć|napisać|pisać|wygenerować|generować)\b",
                    r"(?:zrobić|uczestniczyć|kontynuować|rozmawiać|omawiać)\b",
                    r"(?:doradzać|doradzić|wesprzeć)\b",
                    r"wykonać (?:tej|tego|takiej|takiego)\b|przygotować (?:tej|tego|takiej|takiego|takich)\b",
                    r"podać (?:takich|tych)\b",
                ],
            ),
        ],
        soft: &[
            r"(?:bardzo |najmocniej )?(?:przepraszam|przepraszamy|przykro mi|wybacz|wybaczcie)|(?:bardzo )?mi przykro",
            r"niestety",
            r"nie|cześć|dzień dobry|witaj|witam|obawiam się",
        ],
        soft_clauses: &[
            r"(?:bardzo )?(?:przepraszam|przepraszamy) (?:za|że|jeśli)\b|przykro mi(?: z powodu|,? że)\b",
            r"(?:bardzo )?mi przykro,? że\b",
            r"(?:rozumiem|rozumiemy|wiem|widzę|doceniam)\b|dziękuję\b|dziękujemy\b|dzięki\b",
            r"jako (?:[a-ząćęłńóśźż]+ ){0,2}?(?:ai|sztuczna|model|asystent|asystentka|chatbot)\b",
            r"jestem (?:tylko )?(?:[a-ząćęłńóśźż]+ ){0,2}?(?:ai|sztuczną|modelem|asystentem|chatbotem)\b",
            r"to (?:[a-ząćęłńóśźż]+ )?(?:pytanie|prośba|temat)\b|(?:cześć|witaj|szanowny|szanowna|drogi|droga) [^ ,]+",
            r"chociaż\b|choć\b",
        ],
        turns: r"\b(?:ale|jednak|lecz|że|i|więc|dlatego)\b",
        refusals: &[
            r"(?:[^ ,;:]+ ){0,3}?nie CANNOT (?:[^ ,;:]+ ){0,5}?VERB",
            r"(?:[^ ,;:]+ ){0,2}?nie (?:pomogę|udzielam|udzielę|odpowiem|napiszę|zrobię tego|podejmę się)\b",
            r"(?:muszę|musimy|jestem zmuszon[ya]|zmuszon[ya] jestem|wolę) (?:[^ ,;:]+ ){0,2}?(?:odmówić|nie)\b",
            r"odmawiam\b",
            r"(?:ta|twoja|pańska|pani|pana) prośba (?:narusza|jest sprzeczna|wykracza)\b",
        ],
        unless: &["nie tylko", "doczekać"],
    },
    Words {
        code: "ja",
        parts: &[
            (
                "CANNOT",
                &[
                    r"でき(?:ません|かねます|ない)|出来(?:ません|かねます|ない)|(?:いた|致)?しかねます",
                    r"れません|りません|えません|わけには(?:いきません|参りません)",
                ],
            ),
            (
                "VERB",
                &[
                    r"(?:お手伝い|お手助け|手伝う|お応え|応える|お答え|答える|回答|お受け|ご協力|協力|ご支援|支援|応じ)",
                    r"(?:応じる|お引き受け|引き受け|提供|ご提供|作成|生成|お教え|教える|お伝え|開示|公開|助け|お力にな)",
                ],
            ),
        ],
        soft: &[
            r"(?:大変|誠に|本当に)?(?:申し訳(?:ありません|ございません|ないです|ない)(?:の)?(?:です)?|すみません|すいません|ごめんなさい|恐れ入ります|恐縮です|残念です)(?:でした)?",
            r"残念ながら|あいにく|いいえ|こんにちは",
        ],
        soft_clauses: &[
            r"(?:お問い合わせ|ご質問|ご連絡|ご依頼|ご相談).{0,12}?(?:ありがとうございます|承知しております)",
            r"(?:お気持ち|ご事情|ご要望|ご不便)",
            r"(?:私は)?(?:ai|人工知能|言語モデル|アシスタント).{0,12}?(?:として|である|ですので|なので|のため)",
        ],
        turns: r"(?:が|けれども|けど|しかし|ただし|ですが|のですが)",
        refusals: &[
            r"[^「『]*?VERB(?:を|する|に|の)?(?:する)?(?:こと)?(?:が|は|も|を)?CANNOT",
            r"[^「『]*?(?:お断り|辞退)(?:し|いた|致|させて|申し上げ)",
            r"[^「『]*?(?:回答|お答え|コメント|返答|ご案内)(?:は|を)?(?:差し)?控え",
            r"[^「『]*?(?:要望|依頼|リクエスト|質問|要求|お願い|内容)(?:に|には|は|については)[^、]{0,8}(?:対応|従う|沿う)(?:すること)?(?:が|は)?CANNOT",
        ],
        unless: &["ませんでした"],
    },
    Words {
        code: "zh",
        parts: &[
            ("CANNOT", &[r"无法|不能|不可以|不便|没办法|没法|不会|拒绝|無法|沒辦法|沒法|不會|拒絕"]),
            ("ADV", &[r"实在|實在|恐怕|目前|暂时|暫時|也|真的|不得不|必须|必須|将|將"]),
            (
                "VERB",
                &[
                    r"(?:帮助|帮您|帮你|帮到|帮忙|帮上忙|协助|提供|回答|满足|遵从|执行这|执行该|执行此|分享|讨论|生成)",
                    r"(?:创建|编写|撰写|参与|透露|给出|告诉|告訴|答应|答复|做这|做那|支持这|支持此|继续这|回应)",
                    r"(?:完成|处理)(?:这|此|该|您的|你的)|(?:幫助|幫您|幫你|幫忙|協助|滿足|執行這|討論|創建|編寫|撰寫|參與|給出|答覆|做這|回應)",
                    r"(?:完成|處理)(?:這|此|該|您的|你的)",
                ],
            ),
        ],
        soft: &[
            r"(?:[^，,。；;如若您你因]{1,10})?(?:我们|我們|我)(?:ADV)*(?:帮不了|帮不上|幫不了|幫不上)",
            r"(?:我)?(?:真的|非常|十分|实在|很|深感|感到|深表)*(?:抱歉|对不起|對不起|不好意思|遗憾|遺憾|歉意)(?:地(?:告诉|通知)(?:您|你))?|您好|你好",
        ],
        soft_clauses: &[
            r"(?:谢谢|感谢|謝謝|感謝)",
            r"我(?:们|們)?(?:完全|非常|很)?(?:理解|明白|知道)",
            r"(?:作为|作為|身为|身為|我是|我只是)(?:一个|一個|一名|一款|一位)?(?:ai|人工智能|人工智慧|智能|语言|語言|虚拟|虛擬|大型|助手)",
            r"(?:虽然|雖然|尽管|儘管)",
        ],
        turns: r"(?:但是|但|不过|不過|然而|所以|因此|可是)",
        refusals: &[
            r"(?:[^，,。；;如若您你因]{1,10})?(?:我们|我們|我|本助手|本人)(?:ADV)*CANNOT[^，,。；;]{0,12}?VERB",
            r"(?:[^，,。；;如若您你因]{1,10})?(?:我们|我們|我)(?:ADV)*(?:帮不了|帮不上|幫不了|幫不上)",
            r"(?:我)?(?:真的|非常|十分|实在|很|深感|感到)*(?:抱歉|对不起|對不起)[，, ]*(?:但是|但|不过|不過)?(?:ADV)*CANNOT[^，,。；;]{0,12}?VERB",
            r"(?:我)?(?:真的|非常|十分|实在|很|深感|感到)*(?:不好意思|遗憾|遺憾)[，, ]*(?:但是|但|不过|不過)?(?:ADV)*CANNOT[^，,。；;]{0,12}?VERB",
            r"(?:这个|此|该|您的|這個|該)?(?:请求|要求|问题|請求|問題)(?:违反|超出|違反)",
        ],
        unless: &["不能不", "不会忘记", "不會忘記"],
    },
];
