"""Delivery status notifications as mail servers write them; the shapes are those of Postfix, Exchange and Gmail."""

from textwrap import dedent


def postfix(message_id: str, aan: str, actie: str = "failed", status: str = "5.1.1") -> bytes:
    return _bericht(f"""\
        Return-Path: <>
        Date: Tue, 24 Nov 2026 15:00:00 +0100 (CET)
        From: MAILER-DAEMON@mail.voorbeeld.nl (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: bounces@deventer.example
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="4F1AB2.1606226400/mail.voorbeeld.nl"
        Message-Id: <20261124140000.4F1AB2@mail.voorbeeld.nl>

        This is a MIME-encapsulated message.

        --4F1AB2.1606226400/mail.voorbeeld.nl
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not be delivered.

        --4F1AB2.1606226400/mail.voorbeeld.nl
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.voorbeeld.nl
        X-Postfix-Queue-ID: 4F1AB2
        Arrival-Date: Tue, 24 Nov 2026 14:59:59 +0100 (CET)

        Final-Recipient: rfc822; {aan}
        Original-Recipient: rfc822;{aan}
        Action: {actie}
        Status: {status}
        Remote-MTA: dns; mx.voorbeeld.nl
        Diagnostic-Code: smtp; 550 {status} <{aan}>: Recipient address rejected

        --4F1AB2.1606226400/mail.voorbeeld.nl
        Content-Description: Undelivered Message Headers
        Content-Type: text/rfc822-headers

        Return-Path: <bounces@deventer.example>
        From: Gemeente Deventer <pip@deventer.example>
        To: {aan}
        Subject: Wij hebben uw aanvraag ontvangen
        Message-ID: {message_id}

        --4F1AB2.1606226400/mail.voorbeeld.nl--
        """)


def exchange(message_id: str, aan: str) -> bytes:
    """The whole mail comes back, the type is quoted, and the letters of the fields are other ones."""
    return _bericht(f"""\
        From: "Microsoft Outlook" <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@voorbeeld.nl>
        To: <bounces@deventer.example>
        Date: Tue, 24 Nov 2026 14:00:01 +0000
        Content-Type: multipart/report; report-type="delivery-status";
        \tboundary="b1c2"
        MIME-Version: 1.0
        Content-Language: nl-NL
        Message-ID: <0d2f@voorbeeld.nl>
        In-Reply-To: {message_id}
        Subject: Niet te bestellen: Wij hebben uw aanvraag ontvangen

        --b1c2
        Content-Type: multipart/alternative; differences=Content-Type; boundary="d3e4"

        --d3e4
        Content-Type: text/plain; charset="us-ascii"
        Content-Transfer-Encoding: quoted-printable

        Uw bericht aan {aan} kon niet worden bezorgd.

        --d3e4--

        --b1c2
        Content-Type: message/delivery-status

        Reporting-MTA: dns;AM0PR01.voorbeeld.nl
        Received-From-MTA: dns;mail.deventer.example

        Final-recipient: RFC822;
         {aan}
        Action: Failed
        Status: 5.1.10
        Diagnostic-code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound

        --b1c2
        Content-Type: message/rfc822

        From: Gemeente Deventer <pip@deventer.example>
        To: {aan}
        Subject: Wij hebben uw aanvraag ontvangen
        Message-ID:
         {message_id}
        Content-Type: text/plain; charset=utf-8

        Beste lezer,

        --b1c2--
        """)


def gmail(message_id: str, aan: str, status: str = "5.1.1") -> bytes:
    """A picture in it, and the number once more in a field of its own."""
    return _bericht(f"""\
        From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
        To: bounces@deventer.example
        Auto-Submitted: auto-replied
        Subject: Delivery Status Notification (Failure)
        References: {message_id}
        In-Reply-To: {message_id}
        X-Failed-Recipients: {aan}
        Message-ID: <65fb.df0a0220@mx.google.com>
        MIME-Version: 1.0
        Content-Type: multipart/report; boundary="00000000000"; report-type=delivery-status

        --00000000000
        Content-Type: multipart/related; boundary="11111111111"

        --11111111111
        Content-Type: text/html; charset="UTF-8"

        <html><body><h1>Address not found</h1></body></html>
        --11111111111
        Content-Type: image/png; name="icon.png"
        Content-Transfer-Encoding: base64

        iVBORw0KGgo=
        --11111111111--
        --00000000000
        Content-Type: message/delivery-status

        Reporting-MTA: dns; googlemail.com
        Arrival-Date: Tue, 24 Nov 2026 06:00:00 -0800 (PST)
        X-Original-Message-ID: {message_id}

        Final-Recipient: rfc822; {aan}
        Action: failed
        Status: {status}
        Last-Attempt-Date: Tue, 24 Nov 2026 06:00:01 -0800 (PST)

        --00000000000
        Content-Type: message/rfc822

        From: Gemeente Deventer <pip@deventer.example>
        Subject: Wij hebben uw aanvraag ontvangen

        --00000000000--
        """)


def alleen_enveloppe(nummer: str, status: str = "5.2.1") -> bytes:
    """From a server that knows RFC 3461: no mail comes back, only our own number of it."""
    return _bericht(f"""\
        From: postmaster@voorbeeld.nl
        Content-Type: multipart/report; report-type=delivery-status; boundary=x

        --x
        Content-Type: text/plain

        Sorry.
        --x
        Content-Type: message/delivery-status

        Reporting-MTA: dns; voorbeeld.nl
        Original-Envelope-Id: {nummer}

        Final-Recipient: rfc822; iemand@voorbeeld.nl
        Action: failed
        Status: {status}

        --x--
        """)


def _bericht(tekst: str) -> bytes:
    return dedent(tekst).replace("\n", "\r\n").encode()
