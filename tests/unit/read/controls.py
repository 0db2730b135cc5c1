"""Mails of companies and of the person, in our own words: what must not be taken for something else."""

# A company turns somebody down, politely.
REJECTIONS = [
    "We've gone another way for this one, Robin. Your portfolio impressed the panel.",
    "Hi Robin, thanks for your patience. The team chose a candidate with more retail experience.",
    "Wir haben uns gegen Ihre Bewerbung entschieden und wünschen Ihnen alles Gute.",
    (
        "Dear Jonas, thank you for your time last week. We have decided not to move forward with "
        "your application."
    ),
    (
        "Hi Jonas,\n\nthanks for applying. Unfortunately we will not be moving forward with you "
        "at this time. We wish you well."
    ),
    (
        "Hello, after careful review we have chosen another candidate whose experience matches "
        "the role more closely."
    ),
    "Thank you for your interest. The position has been filled. We would like to keep your profile on file.",
    "Dear applicant, we regret that we are unable to offer you the position. We were impressed by your work.",
    (
        "Hi Jonas, this was a hard decision, but we are going to proceed with other candidates. "
        "Thank you for your patience."
    ),
    (
        "Dear Mr Ebert, your application has not been successful on this occasion. We appreciate "
        "the effort you made."
    ),
    "Hello Jonas, you were not selected for the next round. Please do apply again.",
    "Thanks for meeting the team. I'm sorry to say that we've decided to pursue other candidates.",
    "Dear Jonas, we won't be taking your application further. We are grateful for the time you gave us.",
    "Hi, I wanted to tell you personally that we decided to go with another applicant. I enjoyed our talk.",
    "Dear candidate, this role has now been closed and the vacancy was already filled. Best of luck.",
    (
        "Sehr geehrter Herr Ebert, leider können wir Ihre Bewerbung nicht weiter "
        "berücksichtigen. Vielen Dank für Ihr Interesse."
    ),
    "Guten Tag, wir haben uns für eine andere Kandidatin entschieden und wünschen Ihnen alles Gute.",
    "Hallo Jonas, die Stelle ist inzwischen besetzt. Danke für Ihre Geduld.",
]
# Acknowledgements, invitations, newsletters, calendars: neither a rejection nor a withdrawal.
OTHERS = [
    "Thank you for applying. We have received your application and will get back to you within two weeks.",
    "Your application has been withdrawn as you asked. Thank you for letting us know.",
    "We are sorry to hear that you have decided to withdraw. The door stays open for you.",
    "If you are not selected, we will let you know. Only shortlisted applicants will be contacted.",
    "Hi Jonas, I would like to invite you to an interview on Thursday. Does 14:00 work for you?",
    "You can withdraw your application in the portal at any time.",
    "This week's newsletter: ten tips on how to decline an offer, and why people withdraw from a process.",
    "You no longer wish to receive this mail? Unsubscribe here.",
    "We would be glad to offer you the position. Please find the details below.",
    "If you would like to withdraw your application, please tell us.",
    "Hi Jonas, are you withdrawing, or shall we find another date?",
    "Thanks for your message. I am out of the office until Monday and will continue with my mail then.",
    "Vielen Dank für Ihre Bewerbung. Wir melden uns in den nächsten Tagen bei Ihnen.",
    "Sie können Ihre Bewerbung jederzeit im Portal zurückziehen.",
    "Sollten wir uns für eine andere Person entscheiden, geben wir Ihnen Bescheid.",
    "Ihre Bewerbung wurde wie gewünscht zurückgezogen.",
]
# The person writes, but does not withdraw.
STAYING_IN = [
    "I will not continue for long in my present job, so I look forward to the next steps.",
    "The train was cancelled and my application papers are still at home; may I send them tonight?",
    "Hi Dana, I can't make Thursday, could we find another day?",
    "Hello Dana, I might withdraw my application, but I have not decided yet.",
    "Dear Dana, should I withdraw my application if the start date is fixed?",
    "Hi Dana, I do not want to withdraw. I am still very much interested.",
    "Hi, I am unable to accept the calendar invite, it says the link has expired.",
    "Hello Dana, thank you for the offer. I need a few days to think about it.",
    "Hallo Dana, ich kann am Donnerstag leider nicht. Passt Freitag?",
    "Guten Tag, ich überlege, ob ich meine Bewerbung zurückziehen soll.",
]
# The person withdraws, in words that are not ours.
WITHDRAWALS = [
    "Thank you. I won't be moving forward with the Product Designer process at Oakline.",
    "Hi, I won\u2019t be continuing with my application. Thank you!",
    "Hello, I would rather not continue in the process for Product Designer.",
    "Change of plans on my side: please pull my application for Product Designer. Thanks!",
    "I accepted a role elsewhere, so I'll be stepping out of your process. Thank you!",
    "Guten Tag, ich möchte von meiner Bewerbung zurücktreten.",
    "Hi Dana, thanks for everything. I've decided to withdraw my application.",
    "Dear Dana, I would like to withdraw from the process for personal reasons.",
    "Hello, I am writing to let you know that I am withdrawing my candidacy for the role.",
    "Hi, I'm no longer interested in the position, sorry about that.",
    "Dear Ms Whitfield, thank you for the offer, but I must decline it.",
    "Hi Dana, please remove my name from consideration.",
    "Hi Dana, after some thought I will not be moving forward with the interview process.",
    "Dear Dana, I have decided not to accept the offer.",
    "Hello, please consider my application withdrawn.",
    "Thanks, but I'm going to take myself out of the running.",
    (
        "Hi Dana,\nI hope you are well. I have thought about it for a while and have decided\nto "
        "withdraw my application."
    ),
    "Guten Tag, hiermit ziehe ich meine Bewerbung zurück.",
    "Liebe Dana, ich habe mich entschieden, meine Bewerbung zurückzuziehen.",
    "Sehr geehrte Frau Whitfield, ich möchte das Angebot nicht annehmen.",
    "Hallo Dana, ich lehne das Angebot ab. Danke für alles.",
    "Guten Tag, bitte berücksichtigen Sie meine Bewerbung nicht weiter.",
]
