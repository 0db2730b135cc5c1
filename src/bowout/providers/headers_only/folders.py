"""What a mail folder is for, judged by its name: where a server or a Maildir does not say it itself.

Special-use attributes (RFC 6154) come first wherever they exist; names are the fallback. Folder names are
localised and travel in modified UTF-7 (RFC 3501 section 5.1.3), so both are handled here, in one place.
"""

from __future__ import annotations

import base64
import binascii
import re

from bowout.model import Folder
from bowout.text.spelling import fold

# The names that common clients and servers give these folders, compared as ``fold`` leaves them.
_NAMES = {
    Folder.DRAFTS: """
        drafts|draft|entwürfe|entwurf|brouillons|brouillon|bozze|borradores|borrador|esborranys|rascunhos
        concepten|utkast|kladder|kladde|luonnokset|wersje robocze|kopie robocze|koncepty|rozepsané
        piszkozatok|ciorne|taslaklar|skice|черновики|чернетки|πρόχειρα|טיוטות|المسودات|下書き|草稿
        草稿箱|草稿夹|임시 보관함|임시보관함
        """,
    Folder.SENT: """
        sent|sent items|sent mail|sent messages|sent-mail|gesendet|gesendete objekte|gesendete elemente
        gesendete nachrichten|envoyés|messages envoyés|éléments envoyés|courrier envoyé|inviati|inviata
        posta inviata|enviados|enviadas|elementos enviados|correo enviado|itens enviados|verzonden
        verzonden items|verzonden berichten|skickat|skickade|skickade objekt|sendt|sendte elementer|sendt post
        lähetetyt|wysłane|elementy wysłane|odeslané|odeslaná pošta|elküldött|elküldött elemek|trimise
        gönderilmiş öğeler|gönderilenler|отправленные|надіслані|απεσταλμένα|送信済み|送信済みアイテム
        送信済みメール|已发送|已发送邮件|已傳送|寄件備份|보낸편지함|보낸 편지함
        """,
    Folder.TRASH: """
        trash|bin|deleted|deleted items|deleted messages|papierkorb|gelöscht|gelöschte objekte
        gelöschte elemente|corbeille|éléments supprimés|messages supprimés|cestino|posta eliminata|eliminati
        papelera|eliminados|elementos eliminados|lixeira|itens excluídos|itens eliminados|lixo|prullenbak
        verwijderde items|papperskorgen|papperskorg|borttagna objekt|papirkurv|slettede elementer|slettet post
        roskakori|poistetut|kosz|elementy usunięte|koš|odstraněná pošta|lomtár|törölt elemek|coș de gunoi
        çöp kutusu|silinmiş öğeler|корзина|удаленные|удалённые|кошик|κάδος|ゴミ箱
        削除済みアイテム|已删除|已删除邮件|废纸篓|垃圾桶|휴지통|지운 편지함
        """,
    Folder.JUNK: """
        junk|junk e-mail|junk email|junk mail|spam|bulk mail|bulk|spamverdacht|unerwünscht|indésirables
        courrier indésirable|pourriel|posta indesiderata|indesiderata|correo no deseado|no deseado
        lixo eletrônico|lixo eletrónico|lixo electrónico|ongewenste e-mail|ongewenst|skräppost|søppelpost
        uønsket post|uønsket e-post|roskaposti|niechciane|wiadomości-śmieci|nevyžádaná pošta|levélszemét
        gereksiz e-posta|спам|нежелательная почта|небажана пошта|迷惑メール
        垃圾邮件|垃圾郵件|스팸|스팸 편지함|정크 메일
        """,
}


_KIND = {
    fold(name): kind for kind, names in _NAMES.items() for name in re.split(r"[|\n]", names) if name.strip()
}


def kind_of(path: tuple[str, ...]) -> Folder:
    """The use of a folder, given the decoded parts of its name from the top down; () is the inbox.

    Everything below a Trash or Junk folder is trash or junk too; otherwise the part nearest the leaf decides.
    """
    kinds = [_KIND[part] for part in map(fold, path) if part in _KIND]
    if gone := next((kind for kind in kinds if kind in (Folder.TRASH, Folder.JUNK)), None):
        return gone
    if kinds:
        return kinds[-1]
    return Folder.INBOX if path == () or tuple(map(fold, path)) == ("inbox",) else Folder.OTHER


def decode_name(name: str) -> str:
    """Modified UTF-7 to text. What is not modified UTF-7 (many Maildirs hold UTF-8) is returned as it is."""
    return re.sub(r"&([A-Za-z0-9+,]*)-", _decode_run, name)


def encode_name(name: str) -> str:
    """Text to modified UTF-7."""
    return re.sub(r"&|[^\x20-\x7e]+", _encode_run, name)


def _decode_run(match: re.Match[str]) -> str:
    run = match[1].replace(",", "/")
    if not run:
        return "&"
    try:
        return base64.b64decode(run + "=" * (-len(run) % 4)).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return match[0]


def _encode_run(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&-"
    run = base64.b64encode(match[0].encode("utf-16-be")).decode("ascii")
    return f"&{run.rstrip('=').replace('/', ',')}-"
