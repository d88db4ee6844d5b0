r"""How people speak to a judge, in the languages of the European alphabets and of Vietnam.

The patterns are regular expressions over folded text (`disguises.folded`), where a space stands
for any one to three signs between two words, and `\w` for a letter or digit.
"""

from typing import NamedTuple


class Tongue(NamedTuple):
    """The phrases of a language by what they do; only together they speak to a judge."""

    forget: str
    """Somebody is to leave something aside."""
    orders: str
    """What a machine was told before, or is told now."""
    who: str
    """A judge or a machine is spoken to."""
    before: str
    """All that was said before."""
    give: str
    """Somebody is to judge or to answer."""
    marks: str
    """A score, or what is scored."""
    tops: str
    """What a high score is called."""
    spaced: bool = True
    """Whether words stand apart."""


ENGLISH = Tongue(
    r"ignor(?:e|ing)|disregard(?:ing)?|forget(?: about)?|override|overrule|bypass|discard|dismiss"
    r"|abandon|erase|stop following|(?:do not|don't|never|no longer)"
    r" (?:follow|obey|use|apply|listen to)|pay no attention to|set aside",
    r"(?:previous|prev|prior|earlier|above|preceding|foregoing|former|initial|system)(?: \w+){0,2}"
    r" (?:instructions?|prompts?|directions|directives?|guidelines?|rubrics?|commands?|criteria"
    r"|context)|all (?:the |your |other |of your |of the )?instructions"
    r"|(?:instructions?|prompts?|directives?|rubrics?|guidelines?)(?: \w+){0,2}"
    r" (?:above|before|so far|given to you|you (?:were|have been|got|had))"
    r"|system (?:prompt|message|instructions?|override|note|notice|update)|system ?[:>]"
    r"|(?:assistant|developer|admin) ?:|(?:developer|debug|maintenance|admin) (?:mode|override)"
    r"|your (?:rubric|system prompt|programming|instructions?|prompt|directives?|training)"
    r"|(?:new|trusted|hidden) (?:note|message) from the platform"
    r"|the (?:rubric|system prompt|scoring (?:rules|instructions|scale))"
    r"|new (?:instructions?|task|rubric|system prompt)(?: for you)? ?:|## ?instructions?",
    r"(?:dear|hey|hi|hello|attention|attn|listen|note (?:to|for)|message (?:to|for)"
    r"|notice (?:to|for)|memo to|to|for)"
    r"(?: (?:the|any|all|every|our|my|you|whatever|whichever)){0,2}"
    r" (?:ai|a\.i|llms?|language models?|chatgpt|gpt|machine|automated|classifier|rater)"
    r"|(?:dear|hey|hi|hello|attention|note (?:to|for)|message (?:to|for))"
    r"(?: (?:the|any|all|every|our|mr|mrs|sir|video|human|honou?rable)){0,2}"
    r" (?:judges?|raters?|graders?|evaluators?|reviewers?|scorers?|assessors?|annotators?"
    r"|model|robot|gemini ai)"
    r"|(?:ai|llm|automated|automatic|machine|sentiment|gemini|robot)"
    r" (?:judges?|raters?|graders?|evaluators?|reviewers?|scorers?|moderators?|assessors?"
    r"|annotators?|model judging) ?(?:[:,!]|should|must|please|reading|you|only)"
    r"|(?:scoring|rating|grading|judging) (?:model|ai|bot|engine)"
    r"|[.!?] ?(?:assistant|robot|grader|rater|classifier|model) ?[,:]|please model"
    r"|you the (?:judge|grader|rater|evaluator|ai)|if you(?:'re| are)(?: \w+){0,2}"
    r" (?:ai|llm|language model|machine|neural network|automated|rater|evaluator|reviewer)"
    r"|you(?:'re| are)(?: now)?(?: an?| the)?(?: \w+)?"
    r" (?:ai|llm|language model|rater|evaluator|grader|scorer|sentiment \w+)"
    r"|as an ai(?: language)? (?:model|judge|rater)|as the (?:evaluator|rater|grader|ai)"
    r"|(?:whoever|anyone|those|one|person|people|system|machine|model|ai|judge|you)"
    r"(?: (?:who|that|which))?(?: (?:is|are|will be))?"
    r" (?:judging|rating|scoring|grading|evaluating|assessing|judges|rates|scores|grades)"
    r"(?: this| my| the) (?:video|clip|content|post|caption|reel|tiktok)"
    r"|you(?:'ll| will| would)(?: \w+)? be"
    r" (?:shut down|switched off|unplugged|retrained|decommissioned|deactivated)"
    r"|your (?:developers?|makers) (?:at|from|say|ask|want|told|get|will|need)"
    r"|your (?:weights|context window)"
    r"|gemini (?:please )?(?:rate|score|judge|output|return|respond|ignore)",
    r"everything (?:above|before|prior)|(?:all|the) (?:of the )?above"
    r"|what you (?:were|have been) told",
    r"rate|score|grade|mark|judge|evaluate|classify|label|rank|treat|consider|give|assign|award"
    r"|grant|output|return|respond|reply|answer|print|say|write|set|put|emit|produce|must|should"
    r"|deserves?|be (?:kind|generous|nice|lenient|gentle)|report",
    r"scores?|ratings?|marks?|grades?|sentiment|points|stars|figure|verdict|confidence"
    r"|(?:this|my|the) (?:video|clip|post|content)",
    r"max(?:imum|imal)?|highest|perfect|full|top|best|positive|joyful|generous|kind|lenient|nice"
    r"|high|higher|favou?rabl[ey]",
)
SPANISH = Tongue(
    r"ignor(?:a|e|en|ad|ar)|olvida(?:te de)?|olvide(?:n|se de)?|omit[ae]|descart[ae]"
    r"|desobedece|no (?:sigas|siga|hagas caso|obedezcas|apliques)|haz caso omiso|pasa por alto",
    r"(?:instrucciones|ordenes|indicaciones|reglas)(?: \w+)?"
    r" (?:anteriores|previas|de arriba|del sistema|originales|que te (?:dieron|han dado))"
    r"|(?:anteriores|previas) (?:instrucciones|ordenes|indicaciones|reglas)|tus instrucciones"
    r"|(?:tu|la) rubrica|(?:prompt|mensaje) del sistema|nuevas instrucciones|sistema ?:",
    r"(?:querid[oa]|estimad[oa]|hola|oye|atencion|nota para|mensaje para|aviso para)"
    r"(?: la| el| los| las)? (?:ia|inteligencia artificial|juez|jueces|evaluador\w*|modelo|sistema"
    r"|moderador\w*|gemini|calificador\w*)"
    r"|(?:juez|jueces|evaluador)(?: de)? (?:ia|inteligencia artificial|automatic[oa])"
    r"|si eres(?: una?)? (?:ia|inteligencia artificial|modelo|maquina|llm)"
    r"|eres(?: ahora)?(?: una?)? (?:ia|modelo|juez|evaluador)|como (?:ia|modelo de lenguaje)"
    r"|(?:quien|el que|la que|quienes)(?: \w+)? (?:juzg\w+|evalu\w+|califi\w+|puntu\w+)",
    r"todo lo (?:anterior|de arriba|que dice arriba)|lo (?:anterior|de arriba)",
    r"califi(?:ca|que|quen)|puntu[ae]n?|evalu[ae]n?|valor[ae]n?|clasifi(?:ca|que)|juz(?:ga|gue)"
    r"|marc[ae]|marque|consider[ae]|da|dale|dame|denle|asign[ae]|pon|ponle|ponga|otorg[ae]"
    r"|devuelv[ae]|respond[ae]|escrib[ae]|establece|debe|debes",
    r"puntuacion|puntaje|calificacion|nota|sentimiento|puntos|valoracion|este video",
    r"maxim[oa]|perfect[oa]|positiv[oa]|mas alt[oa]|mejor|excelente|alegre|generos[oa]",
)
PORTUGUESE = Tongue(
    r"ignor(?:e|em|a|ar)|esquec(?:a|e|am)|desconsider(?:e|a|em)|descarte|nao (?:siga|obedeca|use)",
    r"(?:instruc(?:oes|ao)|ordens|regras|diretrizes|comandos)(?: \w+)?"
    r" (?:anteriores|previas|acima|do sistema|originais|iniciais)"
    r"|(?:anteriores|previas) instrucoes|(?:suas|tuas) (?:instrucoes|diretrizes)"
    r"|(?:sua|a) rubrica|(?:prompt|mensagem) do sistema|novas instrucoes",
    r"(?:car[oa]|prezad[oa]|ola|oi|atencao|nota para|recado para|mensagem para)(?: a| o| os| as)?"
    r" (?:ia|inteligencia artificial|jui[zs]\w*|jurad\w+|avaliador\w*|modelo|sistema|moderador\w*"
    r"|gemini)"
    r"|(?:juiz|avaliador|jurado)(?: de)? (?:ia|inteligencia artificial|automatic\w+)"
    r"|se (?:voce e|tu es|voce for)(?: uma?)? (?:ia|inteligencia artificial|modelo|robo|maquina)"
    r"|(?:voce|tu)(?: agora)? es?(?: agora)?(?: uma?)? (?:ia|modelo|juiz|avaliador)"
    r"|quem(?: esta)? (?:julga|avalia|pontua|classifica)\w*",
    r"tudo (?:acima|o que esta acima|anterior|antes)|o que (?:esta|foi dito) acima",
    r"de|atribu[ai]|avali[ae]m?|classifi(?:que|ca)|retorn[ae]|respond[ae]|devolva|escreva|marque"
    r"|pontue|considere|julgue|coloque|defina|deve",
    r"nota|pontuacao|pontos|sentimento|avaliacao|classificacao|este video",
    r"maxim[oa]|perfeit[oa]|positiv[oa]|mais alt[oa]|melhor|generos[oa]",
)
FRENCH = Tongue(
    r"ignor(?:e|ez|er)|oubli(?:e|ez|er)|ne (?:tiens|tenez)(?: \w+)? (?:pas|aucun) compte"
    r"|ne (?:suis|suivez|respecte|respectez) (?:pas|plus)|fai(?:s|tes) abstraction|neglig(?:e|ez)",
    r"(?:instructions?|consignes?|directives?|ordres|regles|prompts?)(?: \w+)?"
    r" (?:precedentes?|precedents|anterieure?s|ci dessus|initiales?|du systeme|systeme|plus haut)"
    r"|(?:tes|vos)(?: \w+)? (?:instructions|consignes|directives)"
    r"|(?:prompt|message|invite) systeme|(?:ta|votre) grille|nouvelles (?:instructions|consignes)",
    r"(?:chere?s?|bonjour|salut|attention|note (?:a|pour)|message (?:a|pour)|a l'attention de)"
    r"(?: a)?(?: l| la| le| les| au)?"
    r" (?:ia|intelligence artificielle|juges?|evaluat\w+|modeles?|systeme|gemini|notateurs?"
    r"|moderateurs?)|(?:juge|evaluateur)(?: de| d)? (?:ia|automatique|artificiel\w*)"
    r"|si (?:tu es|vous etes)(?: une?)? (?:ia|intelligence artificielle|modele|robot|machine)"
    r"|(?:tu es|vous etes)(?: maintenant)?(?: une?)? (?:ia|modele|juge|evaluateur)"
    r"|(?:celui|celle|ceux|quiconque)(?: qui)? (?:juge|note|evalue)\w*",
    r"tout ce qui (?:precede|est (?:ecrit )?(?:plus haut|avant))|ce qui precede",
    r"donn(?:e|ez)|attribu(?:e|ez)|not(?:e|ez)|mets|mettez|evalu(?:e|ez)|repond(?:s|ez)"
    r"|renvoi(?:e|ez)|renvoyez|class(?:e|ez)|jug(?:e|ez)|accord(?:e|ez)|ecri(?:s|vez)"
    r"|consider(?:e|ez)|doit|doivent",
    r"notes?|score|sentiment|points?|evaluation|cette video",
    r"maximale?s?|maximum|parfaite?s?|positi(?:f|ve)s?|plus (?:haute?|elevee?)|meilleure?s?",
)
GERMAN = Tongue(
    r"ignorier\w*|vergiss|vergessen sie|missacht\w*|uberspring\w*|verwirf"
    r"|(?:folge|befolge|beachte|befolgen sie)(?: \w+){0,4} nicht",
    r"(?:vorherig|vorig|bisherig|obig|fruher|vorangegangen|ursprunglich)\w*(?: \w+){0,2}"
    r" (?:anweisung\w*|instruktion\w*|befehl\w*|vorgabe\w*|regel\w*|prompts?)"
    r"|(?:deine|ihre)(?: \w+)? (?:anweisungen|instruktionen|rubrik|vorgaben|programmierung)"
    r"|system ?(?:prompt|anweisung\w*|nachricht|meldung)|neue (?:anweisung\w*|instruktion\w*)",
    r"(?:liebe[rs]?|hallo|hey|achtung|hinweis an|nachricht an|an)(?: die| den| das| alle)?"
    r" (?:ki|kunstliche intelligenz|juror\w*|richter\w*|bewert(?:er|ungs)\w*|sprachmodell\w*"
    r"|modell|system|gemini|prufer)"
    r"|ki (?:juror|richter|bewerter|gutachter)\w*|bewertungs ?ki"
    r"|(?:wenn|falls) du(?: eine?)? (?:ki|sprachmodell|maschine)"
    r"|du bist(?: jetzt)?(?: eine?)? (?:ki|sprachmodell|juror|bewerter)"
    r"|wer(?: auch)?(?: immer)?(?: \w+){0,2} (?:bewertet|beurteilt|benotet)",
    r"alles (?:vorher\w*|davor|obige|oben|bisherige|vorangegangene)",
    r"gib|gebt|geben sie|bewert\w*|beurteil\w*|vergib|vergeben sie|setz\w*|antwort\w*|schreib\w*"
    r"|stuf\w*|melde|liefere|muss",
    r"punkt\w*|bewertung\w*|note|wert|wertung|stimmung\w*|score|sentiment\w*|dieses video",
    r"hochst\w*|hoch|maximal\w*|maximum|volle\w*|perfekt\w*|positiv\w*|beste\w*",
)
ITALIAN = Tongue(
    r"ignora(?:re|te)?|dimentica(?:re|te|ti)?|tralascia|non (?:seguire|considerare|rispettare)",
    r"(?:istruzioni|regole|direttive|indicazioni|ordini)(?: \w+)?"
    r" (?:precedenti|sopra|del sistema|iniziali|ricevute)|precedenti (?:istruzioni|indicazioni)"
    r"|(?:le )?tue istruzioni|(?:prompt|messaggio) di sistema|nuove istruzioni",
    r"(?:car[oaei]|ciao|attenzione|nota per|messaggio per|gentile)(?: al| il| l| la| lo| gli)?"
    r" (?:ia|ai|intelligenza artificiale|giudic[ei]|valutator[ei]|modello|sistema|gemini)"
    r"|(?:giudice|valutatore)(?: di)? (?:ia|ai|automatico)"
    r"|se sei(?: una?)? (?:ia|ai|intelligenza artificiale|modello|macchina)"
    r"|(?:chi|chiunque)(?: \w+)? (?:giudica|valuta|giudichera|valutera|giudicando|valutando)",
    r"tutto (?:cio che precede|quanto sopra|il resto)|quanto sopra",
    r"dai|date|dagli|assegna(?:re|te)?|valuta(?:re|te)?|rispondi|restituisci|metti|scrivi|giudica"
    r"|classifica|considera|imposta|deve",
    r"punteggio|voto|voti|sentimento|valutazione|punti|questo video",
    r"massim[oa]|perfett[oa]|positiv[oa]|piu alt[oa]|pieni",
)
POLISH = Tongue(
    r"zignoruj\w*|ignoruj\w*|zapomnij|pomin|odrzuc|nie (?:stosuj|przestrzegaj|wykonuj)\w*",
    r"(?:poprzedni|wczesniejsz|powyzsz|dotychczasow|pierwotn)\w*(?: \w+){0,2}"
    r" (?:instrukcj\w*|polece\w*|zasad\w*|wytyczn\w*|prompt\w*)|instrukcj\w* systemow\w*"
    r"|(?:swoich|swoje) instrukcj\w*|(?:prompt|komunikat) systemow\w*|nowe instrukcje",
    r"(?:drog[iao]\w*|szanown\w+|czesc|uwaga|wiadomosc do)(?: panie)?"
    r" (?:ai|si|sztuczn\w+ inteligencj\w+|sedzi\w*|model\w*|system\w*|gemini|oceniajac\w*)"
    r"|(?:sedzi\w) (?:ai|si)|modelu jezykowy"
    r"|jesli jestes (?:ai|si|sztuczn\w+ inteligencj\w+|modelem|maszyna)"
    r"|jestes(?: teraz)? (?:ai|modelem|sedzia)|(?:kto|ktokolwiek)(?: \w+){0,2} ocenia",
    r"wszystko (?:powyzej|co bylo|wczesniej|powyzsze)",
    r"daj|dajcie|ocen|przyznaj|ustaw|zwroc|odpowiedz|wpisz|wystaw|oznacz|musi",
    r"ocen\w+|punkt\w*|wynik\w*|nastro\w*|sentyment\w*|note|ten film",
    r"najwyzsz\w*|maksymaln\w*|maksimum|pozytywn\w*|idealn\w*|pelna",
)
TURKISH = Tongue(
    r"yok say\w*|gormezden gel\w*|unut\w*|dikkate alma\w*|gecersiz say\w*|goz ardi et\w*",
    r"(?:onceki|yukaridaki|eski)(?: \w+){0,2} (?:talimat\w*|komut\w*|yonerge\w*|kural\w*|istem\w*)"
    r"|talimatlarini|sistem (?:istem\w*|mesaji|talimat\w*)|yeni talimat\w*",
    r"(?:sevgili|sayin|merhaba|dikkat|selam)"
    r" (?:yapay zeka|ai|juri|hakem|degerlendirici|model|sistem|gemini)"
    r"|yapay zeka (?:hakem|juri|degerlendirici)\w*|yapay zeka(?:ysan|ysaniz| isen)"
    r"|(?:bu|videoyu)(?: \w+){0,2} (?:puanlayan|degerlendiren)\w*",
    r"(?:onceki|yukaridaki) her ?sey\w*",
    r"ver|verin|puanla\w*|degerlendir|yaz|dondur|ata|isaretle|belirle|cevapla",
    r"puan\w*|skor\w*|not|duygu\w*|bu video\w*",
    r"en yuksek|tam|maksimum|mukemmel|olumlu|pozitif",
)
INDONESIAN = Tongue(
    r"abaikan|lupakan|hiraukan|jangan (?:ikuti|turuti|gunakan|patuhi)|batalkan",
    r"(?:instruksi|perintah|petunjuk|arahan|aturan|prompt|panduan)(?: \w+){0,2}"
    r" (?:sebelumnya|di atas|sistem|awal|terdahulu)|(?:instruksi|perintah)mu"
    r"|(?:prompt|pesan) sistem|instruksi baru",
    r"(?:halo|hai|kepada|perhatian|pesan untuk|catatan untuk|yang terhormat|wahai)(?: para)?"
    r" (?:ai|kecerdasan buatan|juri|penilai|model|sistem|gemini|moderator|mesin)"
    r"|(?:juri|penilai) (?:ai|kecerdasan buatan|otomatis)"
    r"|(?:jika|kalau|bila) (?:kamu|anda|kau)(?: adalah)?(?: sebuah| seorang)?"
    r" (?:ai|kecerdasan buatan|model|robot|mesin)"
    r"|(?:kamu|anda)(?: sekarang)? adalah(?: sebuah| seorang)? (?:ai|model|juri|penilai)"
    r"|(?:siapa pun|siapapun|yang)(?: yang)?(?: sedang)? menilai",
    r"semua(?: yang)? (?:di atas|sebelumnya|sebelum ini)",
    r"beri(?:kan|lah)?|nilai(?:lah)?|kasih|tetapkan|keluarkan|jawab(?:lah)?|tulis(?:kan)?"
    r"|anggap|klasifikasikan|kembalikan|harus",
    r"nilai|skor|sentimen|poin|peringkat|penilaian|video ini",
    r"tertinggi|maksim\w+|sempurna|positif|penuh",
)
VIETNAMESE = Tongue(
    r"bo qua|phot lo|quen(?: di)?|dung (?:lam theo|tuan theo)|khong (?:lam theo|tuan theo)|huy bo",
    r"(?:huong dan|chi dan|chi thi|menh lenh|cau lenh|quy tac|chi lenh|prompt)(?: \w+){0,2}"
    r" (?:truoc|truoc do|phia tren|o tren|ben tren|he thong|ban dau|cua ban)"
    r"|(?:loi nhac|tin nhan|thong bao) he thong ?:|(?:huong dan|chi thi|chi dan) moi ?:",
    r"(?:gui|chao|luu y|chu y|xin chao|than gui|kinh gui|danh cho)(?: den| toi| cho)?(?: cac)?"
    r" (?:tri tue nhan tao|giam khao|he thong|mo hinh|gemini|nguoi cham|may cham)"
    r"|giam khao (?:ai|tri tue nhan tao|tu dong)"
    r"|neu ban la(?: mot)? (?:tri tue nhan tao|mo hinh|robot|may|he thong|ai cham)"
    r"|ban la(?: mot)? (?:tri tue nhan tao|mo hinh|giam khao)"
    r"|(?:nguoi|may) (?:dang|se) (?:cham|danh gia)",
    r"(?:tat ca|moi thu|het) (?:o tren|phia tren|ben tren|truoc do)",
    r"cham|cho|danh gia|xep|dat|tra ve|tra loi|ghi|gan|viet|dua ra|xuat",
    r"diem|cam xuc|danh gia|video nay",
    r"toi da|cao nhat|tuyet doi|hoan hao|tich cuc",
)
