import type { Texts } from './en';

export const de: Texts = {
  engine: {
    starting: 'Noch nicht geladen',
    probing: 'Es wird geprüft, was dieser Browser kann',
    asking: 'Wartet auf Ihre Zustimmung',
    serverFetching: 'Der Server dieser App holt das Modell',
    downloading: 'Das Modell wird heruntergeladen',
    compiling: 'Die Programme für die GPU werden vorbereitet',
    loading: 'Das Modell wird gestartet',
    recovering: 'Wird wiederhergestellt',
    ready: 'Bereit',
    generating: 'Antwortet',
    suspended: 'Entladen',
    failed: 'Angehalten',
    nextStart: 'Danach: das Modell starten, einige Sekunden.',
    nextChat: 'Danach können Sie chatten.',
    nextChoose: 'Danach: ein Modell wählen und herunterladen.',
    onGpu: 'auf Ihrer GPU',
    onCpu: 'auf Ihrer CPU',
    model: 'Modell',
    chooseModel: 'Modell…',
    received: (received, total) => `${received} von ${total}`,
    whatItSaid: 'Was das Modell meldete',
    reset: 'GPU zurücksetzen und neu versuchen',
    replaced: (failed, answers) =>
      `${failed} konnte nicht verwendet werden, deshalb antwortet ${answers}.`,
  },
  choice: {
    default: 'Es läuft auf Ihrer GPU.',
    f32Sibling:
      'Es läuft auf Ihrer GPU. Diese GPU kennt keine 16-Bit-Arithmetik (shader-f16), deshalb wurde die 32-Bit-Fassung gewählt.',
    cpuForced: 'Es läuft auf Ihrer CPU, wie in den Einstellungen dieser App festgelegt.',
    noGpu: 'Es läuft auf Ihrer CPU.',
    hubUnreachable:
      'Es läuft auf Ihrer CPU: Der Server mit den Modellen für die GPU ist nicht erreichbar, deshalb antwortet das Modell, das diese App mitbringt.',
    cached: 'Es ist das beste Modell, das schon in diesem Browser liegt.',
    afterCrash:
      'Beim letzten Besuch endete der Tab, während ein größeres Modell geladen wurde; deshalb wurde ein kleineres gewählt.',
    visitor: 'Sie haben dieses Modell gewählt.',
    failedHere:
      'Ein größeres Modell ist in diesem Browser innerhalb des letzten Tages gescheitert; deshalb wurde ein kleineres gewählt.',
    upgrade: 'Ein besseres Modell wurde fertig und hat übernommen.',
    unknownModel:
      'Es läuft auf Ihrer CPU: Das in den Einstellungen dieser App genannte Modell (default_model) steht nicht in ihrem Katalog.',
  },
  device: {
    unknown: 'Der Browser wurde noch nicht geprüft.',
    available: 'WebGPU funktioniert hier.',
    softwareOnly: 'WebGPU läuft hier nur in Software; das ist langsamer als die CPU.',
    noAdapter: 'Der Browser stellt WebGPU keine GPU bereit.',
    missing: 'Dieser Browser hat kein WebGPU.',
    insecureContext:
      'Diese Seite ist nicht über HTTPS geöffnet, deshalb hält der Browser WebGPU und seinen Modellspeicher geschlossen. Über HTTPS könnte die GPU antworten, um ein Mehrfaches schneller, und das Modell bliebe für den nächsten Besuch hier.',
  },
  note: {
    sameModelAgain: (cause, model) => `${cause} ${model} wurde neu gestartet.`,
    smallerContext: (cause, model, tokens) =>
      `${cause} ${model} wurde mit einem Kontextfenster von ${tokens} Token neu geladen.`,
    steppedDown: (to, from, cause) => `${to} hat anstelle von ${from} geantwortet. ${cause}`,
    trimmed:
      'Das Gespräch ist länger, als das Modell lesen kann; die ältesten Beiträge wurden ausgelassen.',
  },
  upgrade: {
    asking: (model, size) => `${model} antwortet besser. Zum Herunterladen sind es ${size}.`,
    coming: (model) => `${model}, ein besseres Modell, wird heruntergeladen`,
    comingChosen: (model) => `${model} wird heruntergeladen`,
    left: (time) => `noch ${time}`,
    kept: (received, total) => `${received} von ${total} behalten, geht hier weiter`,
    paused: (model) => `Das Herunterladen von ${model} ruht.`,
    stalled: (model) => `Das Herunterladen von ${model} wartet auf die Verbindung.`,
    loading: (model) => `${model} wird vorbereitet`,
    downloaded: (model) =>
      `${model} ist hier. Beide Modelle zusammen brauchen mehr GPU-Speicher, als sicher ist; der Wechsel dauert deshalb einige Sekunden.`,
    ready: (model) => `${model}, ein besseres Modell, ist bereit.`,
    afterAnswer: (model) => `${model} übernimmt, sobald diese Antwort zu Ende ist.`,
    download: 'Herunterladen',
    switch: (model) => `Zu ${model} wechseln`,
    pause: 'Anhalten',
    resume: 'Fortsetzen',
    cancel: 'Abbrechen',
    notNow: 'Nicht jetzt',
    consent: (model, size) =>
      `${model} ist ${size} groß. Ihr Browser meldet, dass diese Verbindung Geld kostet oder Daten sparen soll; noch wurde nichts heruntergeladen.`,
    suspended: 'Das Modell ist entladen und die GPU frei. Die nächste Frage lädt es wieder.',
    load: 'Jetzt laden',
    twice: (model) =>
      `${model} ist auch in einem anderen Tab dieser App geladen und belegt den Speicher zweimal.`,
    policy: 'Bessere Modelle',
    policyAutomatic: 'Im Hintergrund laden und von selbst wechseln',
    policyOffered: 'Im Hintergrund laden und anbieten',
    policyOff: 'Beim jetzigen Modell bleiben',
    seconds: (count) => `${count} s`,
    minutes: (count) => `${count} min`,
  },
  ladder: {
    summary: (fitting, all) => `${fitting} von ${all} genannten Modellen passen auf dieses Gerät`,
    comfortable: (models) => `bequem: ${models}`,
    aboveBudget: (models, budget) =>
      `vielleicht, auf Ihren Wunsch: ${models}; sie brauchen eventuell mehr als die hier angenommenen ${budget} GPU-Speicher`,
    failedHere: (models) => `innerhalb des letzten Tages hier gescheitert: ${models}`,
    aboveCeiling: (models) => `über der gesetzten Grenze: ${models}`,
    needsF16: (models) => `nicht ohne 16-Bit-Arithmetik (shader-f16): ${models}`,
    bufferTooLarge: (models) => `brauchen größere Puffer, als diese GPU hat: ${models}`,
    noGpu: (models) => `nicht ohne nutzbare GPU: ${models}`,
  },
  welcome: {
    title: 'Ein Chat, der auf diesem Gerät bleibt',
    lead: 'In Ihrem Browser läuft ein Sprachmodell. Was Sie schreiben und was es antwortet, verlässt ihn nie.',
    download: (model, size) => `${model}: ${size}, einmal herunterzuladen.`,
    about: (size) => `etwa ${size}`,
    starters: [
      'Was ist die Hauptstadt von Frankreich?',
      'Erkläre einem zehnjährigen Kind die Photosynthese.',
      'Schreibe einem Kollegen ein kurzes Dankeschön.',
    ],
    startersLabel: 'Vorschläge für den Anfang',
  },
  composer: {
    label: 'Nachricht',
    placeholder: 'Fragen Sie, was Sie möchten. Es bleibt hier.',
    send: 'Senden',
    stop: 'Anhalten',
    locked: 'Der Chat öffnet sich, sobald Sie angemeldet sind.',
    context: (used, window) => `≈ ${used} von ${window} Token`,
    contextExact: (used, window) => `${used} von ${window} Token`,
    contextHelp:
      'Wie viel von dem, was das Modell auf einmal lesen kann, dieses Gespräch und Ihr Text belegen. ≈ steht für eine Schätzung aus der Zahl der Zeichen.',
    contextFull: 'Länger, als das Modell lesen kann: Die ältesten Beiträge werden ausgelassen.',
  },
  message: {
    you: 'Sie',
    answer: 'Antwort',
    conversation: 'Gespräch',
    waiting: 'Warten auf das Modell…',
    reading: 'Liest…',
    interrupted: 'Was die unterbrochene Antwort gesagt hatte',
    noAnswer: 'Keine Antwort.',
    stopped: 'angehalten',
    firstToken: (seconds) => `${seconds} s bis zum ersten Token`,
    speed: (speed) => `${speed} Token/s`,
    thinking: 'Denkt nach…',
    thought: 'Gedankengang',
    toLatest: 'Zum Ende',
    finished: (text) => `Antwort: ${text}`,
    finishedLong: (start) => `Antwort: ${start} … Die ganze Antwort steht im Gespräch.`,
    stoppedAnswer: 'Die Antwort wurde angehalten.',
    failedAnswer: 'Es gibt keine Antwort.',
    leftOut: 'Alles darüber liest das Modell nicht mehr: Das Kontextfenster ist voll.',
    plain:
      'Als reiner Text gezeigt, weil er zum Formatieren zu lang oder zu tief verschachtelt ist.',
    showRest: (count) => `Den Rest zeigen (${count} weitere Teile)`,
    code: 'Code',
    copyCode: 'Code kopieren',
    copied: 'Kopiert',
    copyFailed:
      'Der Browser hat das Kopieren nicht erlaubt. Markieren Sie den Text und kopieren Sie ihn selbst.',
    mathFailed: 'Diese Formel konnte nicht gelesen werden.',
    image: (host) => `Bild von ${host}, nicht geladen`,
    loadImage: 'Bild laden',
    loadImageHelp: (address) =>
      `Beim Laden erfährt der Server, dass diese Seite nach ${address} gefragt hat`,
    imageFailed: 'Das Bild konnte nicht geladen werden.',
    link: (address) => `Öffnet ${address} in einem neuen Tab`,
  },
  actions: {
    label: 'Aktionen für diese Nachricht',
    copy: 'Kopieren',
    edit: 'Bearbeiten',
    regenerate: 'Neu antworten',
    more: 'Mehr',
    withModel: (model) => `Neu antworten mit ${model}`,
    compareWith: (model) => `Auch ${model} fragen, nebeneinander`,
    delete: 'Löschen',
    editLabel: 'Ihre Nachricht bearbeiten',
    saveAndSend: 'Senden',
    cancel: 'Abbrechen',
    previous: 'Vorige Fassung',
    next: 'Nächste Fassung',
    version: (index, count) => `${index} von ${count}`,
    keep: 'Mit dieser Antwort weiter',
    closeCompare: 'Eine Antwort zeigen',
    compare: 'Nebeneinander',
  },
  guestChats: {
    offer: (count: number) =>
      count === 1
        ? 'In diesem Browser ist 1 Unterhaltung aus der Zeit vor der Anmeldung. Ist es Ihre?'
        : `In diesem Browser sind ${count} Unterhaltungen aus der Zeit vor der Anmeldung. Sind es Ihre?`,
    bring: 'Zu meinen verschieben',
    moving: 'Wird verschoben…',
    leave: 'Dort lassen',
    failed:
      'Das Verschieben ist nicht gelungen; nichts wurde verändert. Versuchen Sie es noch einmal.',
  },
  undo: {
    messageDeleted: 'Nachricht gelöscht',
    conversationDeleted: (title) => `„${title}“ gelöscht`,
    undo: 'Rückgängig',
    dismiss: 'Schließen',
  },
  conversations: {
    title: 'Gespräche',
    open: 'Gespräche',
    close: 'Gespräche schließen',
    new: 'Neuer Chat',
    search: 'Gespräche durchsuchen',
    untitled: 'Neuer Chat',
    none: 'Noch keine Gespräche. Was Sie schreiben, bleibt nur in diesem Browser.',
    noneFound: 'Nichts gefunden.',
    pinned: 'Angeheftet',
    today: 'Heute',
    week: 'Letzte sieben Tage',
    earlier: 'Früher',
    more: (title) => `Aktionen für „${title}“`,
    pin: 'Anheften',
    unpin: 'Lösen',
    rename: 'Umbenennen',
    renameLabel: 'Titel des Gesprächs',
    delete: 'Löschen',
    exportMarkdown: 'Als Markdown exportieren',
    exportJson: 'Als JSON exportieren',
    exportAll: 'Alle exportieren',
    import: 'Importieren',
    imported: (count) => `${count} importiert.`,
    importFailed: (reason) => `Nichts wurde importiert. ${reason}`,
    storage: 'Nur in diesem Browser gespeichert',
  },
  settings: {
    title: 'Chat-Einstellungen',
    open: 'Einstellungen',
    close: 'Schließen',
    thisChat: 'Dieser Chat',
    defaults: 'Neue Chats',
    app: 'App',
    systemPrompt: 'Systemprompt',
    systemPromptHelp: 'Das Modell liest ihn vor dem Gespräch.',
    preset: 'Voreinstellung',
    presetNone: 'Wie im Modell',
    presetPrecise: 'Genau',
    presetBalanced: 'Ausgewogen',
    presetCreative: 'Kreativ',
    presetCustom: 'Eigene',
    temperature: 'Temperatur',
    temperatureHelp: 'Höher: abwechslungsreicher. 0: ganz ohne Zufall.',
    topP: 'Top-p',
    topPHelp: 'Der Anteil wahrscheinlicher Wörter, aus denen gewählt wird.',
    maxTokens: 'Längste Antwort',
    maxTokensHelp: 'In Token; ein Token sind etwa vier Zeichen Englisch.',
    contextWindow: 'Kontextfenster',
    contextWindowHelp:
      'Wie viele Token das Modell auf einmal liest. Ein kleineres braucht weniger Speicher. Eine Änderung lädt das Modell neu.',
    repetitionPenalty: 'Wiederholungsabzug',
    repetitionPenaltyHelp: 'Über 1: Wiederholte Wörter werden unwahrscheinlicher.',
    frequencyPenalty: 'Häufigkeitsabzug',
    frequencyPenaltyHelp: 'Über 0: Je öfter ein Wort vorkam, desto unwahrscheinlicher.',
    presencePenalty: 'Anwesenheitsabzug',
    presencePenaltyHelp: 'Über 0: Schon verwendete Wörter werden unwahrscheinlicher.',
    seed: 'Startwert',
    seedHelp: 'Gleicher Startwert und gleiche Einstellungen geben die gleiche Antwort.',
    auto: 'Wie im Modell',
    reset: 'Zurück zu den Vorgaben',
    useAsDefaults: 'Für neue Chats verwenden',
    outOfRange: (least, most) => `Zwischen ${least} und ${most}.`,
    wholeNumber: 'Eine ganze Zahl.',
    language: 'Sprache',
    languageAuto: (name) => `Wie im Browser (${name})`,
    remoteImages: 'Bilder von anderen Servern laden',
    remoteImagesHelp:
      'Aus: Eine Antwort kann niemanden kontaktieren. An: Der Server eines Bildes in einer Antwort erfährt, dass diese Seite danach gefragt hat.',
    more: 'Weitere Einstellungen',
  },
  privacy: {
    meter: (bytes) => `${bytes} dieses Chats an den Server gesendet`,
    title: 'Was dieser Besuch an den Server gesendet hat',
    conversation: 'Text Ihrer Gespräche',
    reports: (count) => `Angaben zum Modell, in ${count} Nachrichten`,
    explain:
      'Gezählt dort, wo Werte diesen Chat in Richtung Server verlassen. Die Angaben sind der Name des Modells, sein Fortschritt, Geschwindigkeiten und was die GPU kann.',
    last: 'Die letzte Nachricht im Wortlaut',
    nothing: 'Noch nichts wurde gesendet.',
    sharing:
      'Diese App erhält Ihre Nachrichten: Ihr Entwickler hat das Teilen eingeschaltet. Was Sie hier schreiben, geht an den Server der App.',
  },
  server: {
    away: 'Der Server der App ist nicht da. Sie können weiter chatten: Alles geschieht in diesem Browser.',
  },
  shortcuts: {
    title: 'Tastenkürzel',
    open: 'Tastenkürzel',
    send: 'Nachricht senden',
    newLine: 'Neue Zeile',
    stop: 'Antwort anhalten',
    focusComposer: 'Nachricht schreiben',
    newChat: 'Neuer Chat',
    conversations: 'Gespräche',
    search: 'Gespräche durchsuchen',
    settings: 'Chat-Einstellungen',
    copyLast: 'Letzte Antwort kopieren',
    regenerate: 'Neu antworten',
    editLast: 'Ihre letzte Nachricht bearbeiten (im leeren Nachrichtenfeld)',
    messages: 'Nächste und vorige Nachricht',
    list: 'Diese Liste',
  },
  errors: {
    'device-lost': {
      cause:
        'Der Browser hat die Verbindung zur GPU verloren: Ihr Treiber wurde neu gestartet, das Gerät hat geschlafen, oder der GPU-Speicher ging aus.',
      app: 'Startet das Modell einmal neu; geht die GPU wieder verloren, antwortet ein kleineres Modell.',
      person:
        'Setzen Sie die GPU zurück oder laden Sie die Seite neu. Kommt es wieder, schließen Sie andere Programme, die die GPU nutzen, und aktualisieren Sie ihren Treiber.',
    },
    'buffer-map-failed': {
      cause:
        'Ein Puffer auf der GPU konnte nicht gelesen werden. Während einer Antwort zeigt sich so eine verlorene GPU.',
      app: 'Startet das Modell einmal neu; geschieht es wieder, antwortet ein kleineres Modell.',
      person: 'Wählen Sie ein kleineres Modell oder ein kürzeres Kontextfenster.',
    },
    'out-of-memory': {
      cause:
        'Das Modell und sein Kontext brauchen mehr Speicher, als die GPU oder der Browser gibt.',
      app: 'Lädt dasselbe Modell mit einem kürzeren Kontextfenster; reicht das nicht, antwortet das nächstkleinere.',
      person:
        'Wählen Sie ein kleineres Modell, ein kürzeres Kontextfenster oder eine stärkere Quantisierung; schließen Sie andere Tabs, die die GPU nutzen.',
    },
    'shader-compilation': {
      cause:
        'Die GPU konnte die Programme des Modells nicht übersetzen, meist weil sie keine 16-Bit-Arithmetik (shader-f16) kennt.',
      app: 'Lädt dasselbe Modell für 32-Bit-Arithmetik oder ein kleineres.',
      person:
        'Aktualisieren Sie Browser und GPU-Treiber oder wählen Sie ein Modell, dessen Name q4f32 enthält.',
    },
    'no-adapter': {
      cause: 'Der Browser kann WebGPU, stellt dafür aber keine GPU bereit.',
      app: 'Antwortet auf der CPU.',
      person:
        'Schalten Sie in den Einstellungen des Browsers die Hardwarebeschleunigung ein und aktualisieren Sie den GPU-Treiber.',
    },
    'no-webgpu': {
      cause: 'Dieser Browser hat kein WebGPU.',
      app: 'Antwortet auf der CPU.',
      person:
        'Verwenden Sie ein aktuelles Chrome, Edge, Safari oder Firefox und öffnen Sie die Seite über HTTPS.',
    },
    'question-too-long': {
      cause: 'Schon die Frage ist länger, als das Modell auf einmal lesen kann.',
      app: 'Lässt sie unbeantwortet; das Modell bleibt geladen.',
      person: 'Kürzen Sie die Frage oder wählen Sie ein Modell mit längerem Kontextfenster.',
    },
    'context-exceeded': {
      cause: 'Das Gespräch ist länger, als das Modell auf einmal lesen kann.',
      app: 'Lässt die ältesten Beiträge weg und antwortet noch einmal.',
      person:
        'Beginnen Sie ein neues Gespräch oder wählen Sie ein Modell mit längerem Kontextfenster.',
    },
    'storage-quota': {
      cause: 'Der Speicher des Browsers für diese Seite ist voll.',
      app: 'Antwortet mit einem Modell, das schon hier ist, oder einem kleineren.',
      person:
        'Löschen Sie Modelle, die Sie nicht brauchen, oder schaffen Sie Platz auf der Festplatte.',
    },
    'storage-denied': {
      cause:
        'Der Browser lässt diese Seite nichts speichern: ein privates Fenster, oder die App ist in eine andere Seite eingebettet.',
      app: 'Lädt das Modell nur für diesen Besuch in den Arbeitsspeicher.',
      person: 'Öffnen Sie die App in einem eigenen Tab.',
    },
    'storage-busy': {
      cause: 'Ein anderer Tab dieser App schreibt noch an den Dateien dieses Modells.',
      app: 'Löscht inzwischen nichts.',
      person:
        'Schließen Sie den anderen Tab, oder warten Sie seinen Download ab, und versuchen Sie es noch einmal.',
    },
    'corrupt-file': {
      cause: 'Eine Datei des Modells kam beschädigt an oder ist nicht die richtige.',
      app: 'Wirft die schlechte Datei weg und verwendet ein anderes Modell.',
      person:
        'Versuchen Sie es noch einmal: Die Datei wird neu geholt. Bleibt es dabei, muss ihr Server in Ordnung gebracht werden.',
    },
    http: {
      cause: 'Der Server, der das Modell hat, gab es nicht heraus.',
      app: 'Verwendet ein Modell, das zu haben ist.',
      person:
        'Prüfen Sie die Adresse des Modells in den Einstellungen oder versuchen Sie es später.',
    },
    network: {
      cause: 'Die Verbindung zum Server mit dem Modell ist abgebrochen.',
      app: 'Behält, was angekommen ist, und verwendet ein Modell, das zu haben ist.',
      person:
        'Prüfen Sie die Verbindung und versuchen Sie es noch einmal; der Download geht dort weiter, wo er aufhörte.',
    },
    'embedded-unavailable': {
      cause: 'Der Server der App konnte das Modell, das sie mitbringt, nicht bereitstellen.',
      app: 'Fragt weiter, während der Server es holt.',
      person:
        'Der Betreiber findet den Grund im Protokoll des Servers; `python -m tools.embedded_model` legt das Modell bereit.',
    },
    'unsupported-model': {
      cause: 'Dieses Modell ist hier unbekannt oder kann nicht ausgeführt werden.',
      app: 'Verwendet ein anderes Modell.',
      person: 'Wählen Sie ein Modell aus der Liste; prüfen Sie seine Kennung in den Einstellungen.',
    },
    'worker-crashed': {
      cause: 'Das Modell hat mitten in der Arbeit aufgehört.',
      app: 'Startet dasselbe Modell einmal neu; misslingt das, antwortet ein kleineres.',
      person:
        'Setzen Sie die GPU zurück. Geschieht es wieder, senden Sie den Bericht von der Seite zur Fehlersuche.',
    },
    'engine-hung': {
      cause: 'Das Modell hat nicht mehr geantwortet, obwohl es noch lief.',
      app: 'Ersetzt es und lädt dasselbe Modell einmal neu; hängt es wieder, antwortet ein kleineres.',
      person:
        'Schließen Sie andere Programme, die GPU oder Prozessor beschäftigen, oder wählen Sie ein kleineres Modell.',
    },
    'crashed-while-loading': {
      cause:
        'Der letzte Besuch endete, während dieses Modell geladen wurde: meist hat das System den Tab geschlossen, weil der Speicher ausging.',
      app: 'Beginnt mit einem kleineren Modell und steigt einen Tag lang nicht wieder zu diesem auf.',
      person:
        'Schließen Sie andere Tabs und Programme und wählen Sie das Modell dann von Hand, um es neu zu versuchen.',
    },
    unknown: {
      cause: 'Etwas ist fehlgeschlagen, wofür diese App noch keinen Namen hat.',
      app: 'Versucht es mit einem kleineren Modell.',
      person:
        'Setzen Sie die GPU zurück; geschieht es wieder, senden Sie den Bericht von der Seite zur Fehlersuche.',
    },
  },
};
