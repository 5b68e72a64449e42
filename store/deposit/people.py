"""Made-up people and places for generated deposits, in several scripts.

Names of streets and people are inventions or commonplace; e-mail addresses use the
domains that RFC 2606 keeps for examples, and phones have lengths of their countries.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LOCALES", "Locale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """Where a made-up contact lives.

    ``phone`` is EPP's form with as many ``#`` as random digits; ``latin`` are the same
    people in ASCII, for the international form, where the script isn't.
    """

    cc: str
    people: tuple[str, ...]
    firms: tuple[str, ...]
    streets: tuple[str, ...]
    places: tuple[tuple[str, str | None, str], ...]
    phone: str
    latin: Locale | None = None


def _latin(locale_cc: str, people: tuple[str, ...], place: tuple[str, str | None, str]) -> Locale:
    return Locale(
        cc=locale_cc,
        people=people,
        firms=("Morning Star Trading", "Blue River Works"),
        streets=("1 Central Street", "22 Station Road"),
        places=(place,),
        phone="+1.212555####",
    )


LOCALES: tuple[Locale, ...] = (
    Locale(
        cc="NZ",
        people=("Aroha Ngata", "Mere Tāmihana", "Hēmi Parata", "Fiona McKay", "Wiremu Hohepa"),
        firms=("Kōwhai Books Limited", "Harbour & Hill Ltd", "Southern Lights Trust"),
        streets=("12 Tūī Street", "3/45 Rātā Road", "PO Box 1234"),
        places=(
            ("Wellington", None, "6011"),
            ("Auckland", None, "1010"),
            ("Ōtautahi Christchurch", "Canterbury", "8011"),
        ),
        phone="+64.21######",
    ),
    Locale(
        cc="US",
        people=("Jordan Smith", "Maria Alvarez", "Wei Chen", "Sam O'Neill"),
        firms=("Smith & Daughters LLC", "Prairie Data Inc.", "Maple <Works>"),
        streets=("100 Main Street", "742 Elm Avenue, Suite 5"),
        places=(("Springfield", "IL", "62701"), ("Portland", "OR", "97201")),
        phone="+1.503555####",
    ),
    Locale(
        cc="DE",
        people=("Jürgen Groß", "Anna Müller", "Çiğdem Yıldız"),
        firms=("Bücherstube Groß GmbH", "Nordlicht e. V."),
        streets=("Hauptstraße 5", "Am Schloßplatz 12a"),
        places=(("Köln", None, "50667"), ("München", "Bayern", "80331")),
        phone="+49.30#######",
        latin=_latin(
            "DE",
            ("Juergen Gross", "Anna Mueller", "Cigdem Yildiz"),
            ("Koeln", None, "50667"),
        ),
    ),
    Locale(
        cc="FR",
        people=("Zoé Lefèvre", "François Benoît"),
        firms=("L'Œuvre du Pain SARL", "Café Été"),
        streets=("8 rue de l'Église", "17 bis, quai d'Orléans"),
        places=(("Paris", None, "75004"), ("Angoulême", None, "16000")),
        phone="+33.1########",
    ),
    Locale(
        cc="JP",
        people=("山田 花子", "佐藤 健"),
        firms=("株式会社青空", "有限会社さくら"),
        streets=("千代田1丁目1番", "本町2-3-4"),
        places=(("千代田区", "東京都", "100-0001"), ("大阪市中央区", "大阪府", "541-0053")),
        phone="+81.3########",
        latin=_latin("JP", ("Hanako Yamada", "Ken Sato"), ("Chiyoda-ku", "Tokyo", "100-0001")),
    ),
    Locale(
        cc="RU",
        people=("Анна Иванова", "Пётр Щукин"),
        firms=("ООО «Северный ветер»",),
        streets=("ул. Садовая, д. 7", "пр. Мира, 15"),
        places=(("Москва", None, "101000"), ("Казань", "Татарстан", "420111")),
        phone="+7.495#######",
        latin=_latin("RU", ("Anna Ivanova", "Petr Shchukin"), ("Moscow", None, "101000")),
    ),
    Locale(
        cc="IN",
        people=("अनिता शर्मा", "Ravi Iyer"),
        firms=("नया भारत ट्रेडर्स",),
        streets=("१२, एम. जी. रोड",),
        places=(("मुंबई", "महाराष्ट्र", "400001"),),
        phone="+91.22########",
        latin=_latin("IN", ("Anita Sharma", "Ravi Iyer"), ("Mumbai", "Maharashtra", "400001")),
    ),
    Locale(
        cc="GR",
        people=("Ελένη Παπαδοπούλου", "Νίκος Γεωργίου"),
        firms=("Θάλασσα Α.Ε.",),
        streets=("Οδός Ερμού 10",),
        places=(("Αθήνα", None, "105 63"),),
        phone="+30.21########",
        latin=_latin("GR", ("Eleni Papadopoulou", "Nikos Georgiou"), ("Athens", None, "105 63")),
    ),
    Locale(
        cc="SA",
        people=("نورة العتيبي", "سالم الحربي"),
        firms=("مؤسسة النخيل",),
        streets=("شارع الملك فهد ١٢",),
        places=(("الرياض", None, "11564"),),
        phone="+966.11#######",
        latin=_latin("SA", ("Noura Alotaibi", "Salem Alharbi"), ("Riyadh", None, "11564")),
    ),
)
