"""Made-up texts of about the length of real ones."""

TITLES = {
    "ru": [
        "Ремонт системы питьевого водоснабжения в селе {}",
        "Новый детский сад на 60 мест в селе {}",
        "Наружное освещение центральных улиц села {}",
        "Вывоз мусора: контейнеры и мусоровоз для села {}",
        "Благоустройство парка и детской площадки в селе {}",
        "Капитальный ремонт школьной столовой в селе {}",
        "Спортивный зал для молодёжи села {}",
        "Ремонт дома культуры в селе {}",
        "Бурение скважины и водонапорная башня для села {}",
        "Тротуары и пешеходные переходы у школы в селе {}",
        "Класс для детей с особыми потребностями в селе {}",
        "Озеленение и арыки в селе {}",
    ],
    "ky": [
        "{} айылынын таза суу менен камсыздоо системасын оңдоо",
        "{} айылында 60 орундуу жаңы бала бакча",
        "{} айылынын борбордук көчөлөрүн жарыктандыруу",
        "{} айылы үчүн таштанды чыгаруучу унаа жана контейнерлер",
        "{} айылындагы паркты жана балдар аянтчасын жакшыртуу",
        "{} айылындагы мектептин ашканасын капиталдык оңдоо",
        "{} айылынын жаштары үчүн спорт залы",
        "{} айылындагы маданият үйүн оңдоо",
        "{} айылы үчүн скважина бургулоо жана суу мунарасы",
        "{} айылындагы мектептин жанындагы тротуарлар",
        "{} айылындагы өзгөчө муктаждыктары бар балдар үчүн класс",
        "{} айылын жашылдандыруу жана арыктар",
    ],
    "en": [
        "Repair of the drinking water system in {}",
        "A new kindergarten for 60 children in {}",
        "Street lighting in the centre of {}",
        "Waste collection: containers and a truck for {}",
        "A park and a playground in {}",
        "Overhaul of the school canteen in {}",
        "A sports hall for the young people of {}",
        "Repair of the house of culture in {}",
        "A well and a water tower for {}",
        "Pavements and crossings at the school of {}",
        "A classroom for children with special needs in {}",
        "Trees and irrigation ditches in {}",
    ],
}
FIRST = ["Ак", "Кара", "Кызыл", "Жаңы", "Көк", "Сары", "Чоң", "Боз", "Тегирмен", "Арал"]
SECOND = ["Суу", "Булак", "Жол", "Төбө", "Өзөн", "Коргон", "Таш", "Ай", "Арык", "Тал"]
RU = str.maketrans("ңөү", "ноу")
LATIN = str.maketrans(
    dict(zip("абвгдеёзийклмнңоөпрстуүфхцэ", "abvgdeezijklmnnooprstuufkce", strict=True))
    | {"ж": "j", "ч": "ch", "ш": "sh", "ы": "y", "ю": "yu", "я": "ya", "ь": "", "Ж": "J", "Ч": "Ch"}
    | dict(zip("АБКСТӨҮ", "ABKSTOU", strict=True))
)
VILLAGES = {"ky": [f"{first}-{second}" for first in FIRST for second in SECOND]}
VILLAGES["ru"] = [name.replace("Ө", "О").translate(RU) for name in VILLAGES["ky"]]
VILLAGES["en"] = [name.translate(LATIN) for name in VILLAGES["ky"]]
PROBLEMS = {
    "ru": "Жители пользуются сетью, построенной более сорока лет назад. Летом услуга доступна несколько "
    "часов в день, зимой бывают аварии, на которые уходит большая часть средств на содержание. "
    "На сходах жители назвали это первым из пяти вопросов, которые нужно решить.",
    "ky": "Тургундар кырк жылдан мурун курулган тармакты пайдаланышат. Жайында кызмат күнүнө бир нече "
    "саат гана жеткиликтүү, кышында авариялар болуп турат. Жыйындарда тургундар муну чечилчү беш "
    "маселенин биринчиси деп аташты.",
    "en": "People use a network that was built more than forty years ago. In summer the service is there "
    "for a few hours a day, in winter it breaks down, and most of the upkeep goes into repairs. In "
    "meetings people named it first among the five things to be solved.",
}
OBJECTIVES = {
    "ru": "К концу проекта услуга доступна круглый год всем домам села, а тариф покрывает содержание.",
    "ky": "Долбоордун аягында кызмат айылдын бардык үйлөрүнө жыл бою жеткиликтүү болот.",
    "en": "At the end the service reaches every house all year round, and the tariff pays for its upkeep.",
}
