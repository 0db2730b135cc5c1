"""The words of the generated mailboxes: invented people and companies, and many ways to say one thing.

Each pool is split: every third entry is never seen by development seeds, so that test seeds
measure wordings, names and shapes that nobody tuned on. ``{}`` fields are filled by ``mailboxes.py``.
"""

from __future__ import annotations

from typing import NamedTuple

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTHS_DE = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS_DE = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


class Company(NamedTuple):
    """A company, the label of its domain, and its legal form as signatures write it."""

    name: str
    label: str
    legal: str = ""


COMPANIES = (
    Company("Brightwater", "brightwater", "Brightwater Inc."),
    Company("Halden Robotics", "haldenrobotics", "Halden Robotics GmbH"),
    Company("Orchard & Vale", "orchardvale", "Orchard & Vale Ltd"),
    Company("Nordlicht Energie", "nordlicht-energie", "Nordlicht Energie AG"),
    Company("Quillon", "quillon", "Quillon, Inc.."),
    Company("Meridian Health Systems", "meridianhs", "Meridian Health Systems LLC"),
    Company("Tessellate", "tessellate"),
    Company("Kestrel Analytics", "kestrel", "Kestrel Analytics Ltd."),
    Company("Müller Fördertechnik", "mueller-foerdertechnik", "Müller Fördertechnik GmbH & Co. KG"),
    Company("BlueFjord", "bluefjord", "BlueFjord AS"),
    Company("Pine Street Labs", "pinestreetlabs"),
    Company("Søndergaard Marine", "sondergaard", "Søndergaard Marine A/S"),
    Company("Cobalt Ridge", "cobaltridge", "Cobalt Ridge Corp."),
    Company("Volta Grid", "voltagrid"),
    Company("Larkspur Financial Group", "lfg", "Larkspur Financial Group plc"),
    Company("iMarina", "imarina", "iMarina B.V."),
    Company("Hofmann Messtechnik", "hofmann-mt", "Hofmann Messtechnik GmbH"),
    Company("Sable", "sable", "Sable SE"),
    Company("Crestline Media", "crestline", "Crestline Media LLC"),
    Company("Łuczak Design", "luczakdesign"),
    Company("Ember & Oak", "emberandoak"),
    Company("Datawerk", "datawerk", "Datawerk GmbH"),
    Company("Northgate Foods", "northgatefoods", "Northgate Foods Inc."),
    Company("Pelican Point Software", "pelicanpoint"),
    Company("3Rivers", "3rivers"),
    Company("Bergmann Pharma", "bergmann-pharma", "Bergmann Pharma KGaA"),
    Company("Juniper Lane", "juniperlane", "Juniper Lane Co."),
    Company("Atelier Noé", "ateliernoe"),
    Company("Stonebridge Capital", "stonebridgecap", "Stonebridge Capital LP"),
    Company("Rotkehlchen Verlag", "rotkehlchen-verlag", "Rotkehlchen Verlag GmbH"),
    Company("Fathom Sea", "fathomsea"),
    Company("Vantage Loop", "vantageloop", "Vantage Loop, Inc."),
    Company("Zephyr", "zephyr-air", "Zephyr Ltd"),
    Company("Lindqvist Bygg", "lindqvistbygg", "Lindqvist Bygg AB"),
    Company("Copper Kettle Brewing", "copperkettle"),
    Company("Graphwise", "graphwise", "Graphwise Pty Ltd"),
    Company("Weststadt Klinikum", "weststadt-klinikum", "Weststadt Klinikum gGmbH"),
    Company("Hello Harvest", "helloharvest"),
    Company("NorthStar Mobility", "northstar-mobility", "NorthStar Mobility SAS"),
)

AGENCIES = (
    Company("Castell Recruitment", "castellrecruitment", "Castell Recruitment Ltd"),
    Company("Hartmann Personalberatung", "hartmann-personalberatung", "Hartmann Personalberatung GmbH"),
    Company("Blue Door Talent", "bluedoortalent"),
    Company("JR", "jr-staffing", "JR Staffing"),
    Company("Ashford Search", "ashfordsearch", "Ashford Search Partners"),
    Company("Kolb & Partner", "kolbpartner", "Kolb & Partner Personalvermittlung"),
    Company("Redline Staffing", "redlinestaffing", "Redline Staffing Inc."),
    Company("Tern Consulting", "ternconsulting"),
    Company("Fairway Executive", "fairwayexec", "Fairway Executive Search"),
)

TITLES_EN = (
    "Data Engineer",
    "Senior Backend Engineer",
    "Product Designer",
    "Engineering Manager",
    "Site Reliability Engineer",
    "Customer Success Manager",
    "Financial Analyst",
    "Head of Marketing",
    "UX Researcher",
    "Chief of Staff",
    "Senior Software Engineer, Payments",
    "Machine Learning Scientist",
    "Account Executive",
    "Director of Product",
    "DevOps Engineer",
    "Technical Writer",
    "Staff Nurse",
    "Project Coordinator",
    "VP of Engineering",
    "Solutions Architect",
    "Growth Hacker",
    "C++ Developer",
    "Junior Accountant",
    "Content Strategist",
    "Data Steward",
    "People Partner",
    "Operations Associate",
    "Full Stack Developer",
    "Business Development Representative",
    "Actuary",
    "QA Lead",
    "Research Fellow",
    "Front-End Engineer II",
    "Supply Chain Planner",
    "Legal Counsel",
    "Sommelier",
)
TITLES_DE = (
    "Softwareentwickler",
    "Leiter Controlling",
    "Projektmanagerin",
    "Referent Unternehmenskommunikation",
    "Wissenschaftliche Mitarbeiterin",
    "Personalreferentin",
    "Fachinformatiker Systemintegration",
    "Teamleiter Einkauf",
    "Data Scientist",
    "Bauingenieur",
    "Vertriebsleiterin Süd",
    "Sachbearbeiter Buchhaltung",
)
# How a posting decorates its title; the letter wants the bare one.
DECORATIONS = (
    "{title}",
    "{title}",
    "{title} (R-{req})",
    "{title} - {req}",
    "{title}",
    "{title} (m/f/d)",
    "{title} #{req}",
    "{title}, Remote",
    "{title} (Req ID: {req})",
    "{req} - {title}",
    "{title} (Hybrid)",
    "JR{req} {title}",
)
DECORATIONS_DE = ("{title}", "{title} (m/w/d)", "{title} (w/m/d)", "{title} m/w/d", "{title} (m/w/d) - {req}")

PEOPLE = (
    "Dana Whitfield", "Jonas Albrecht", "Priya Raman", "Marta Kowalska", "Lukas Brandt", "Aoife Byrne",
    "Tomás Herrera", "Hannah Seidel", "Grace Okafor", "Niklas Sørensen", "Yuki Tanabe", "Claire Fontaine",
    "Björn Åkesson", "Rebecca Stein", "Omar Haddad", "Sofia Marchetti", "Paul Whittaker", "Ines Vogel",
    "Élodie Garnier", "Victor Lindgren", "Megan Doyle", "Sven Köhler", "Amara Nwosu", "Peter Zajac",
    "Laura Steinmetz", "Daniel Cho", "Katharina Weiß", "Ravi Menon", "Ellen Park", "Михаил Орлов",
)  # fmt: skip
ME_NAMES = ("Alex Moreno", "Robin Keller", "Sam Thornton", "Jördis Blum", "Kim Andersen", "Lee Castillo")
FRIENDS = ("Nora Feld", "Ben Ashworth", "Milo Jansen", "Tessa Grant", "Oskar Thiel", "Ruth Cohen")
PLACES = ("Austin, Texas", "Berlin", "Leeds", "Toronto", "Hamburg", "Boston, MA", "Zürich", "Dublin")

RECRUITER_TITLES = (
    "Senior Recruiter", "Talent Acquisition Partner", "Recruiting Manager", "Technical Recruiter",
    "Talent Partner", "HR Business Partner", "Recruiter", "Head of Talent", "People & Talent",
)  # fmt: skip
RECRUITER_TITLES_DE = ("Recruiterin", "Personalreferentin", "Talent Acquisition Manager", "HR Managerin")
COORDINATOR_TITLES = (
    "Recruiting Coordinator",
    "Interview Scheduler",
    "Talent Coordinator",
    "Executive Assistant",
)
MANAGER_TITLES = (
    "Head of Data",
    "Engineering Manager",
    "Director of Operations",
    "VP Product",
    "CTO",
    "Team Lead",
)
AGENT_TITLES = ("Principal Consultant", "Recruitment Consultant", "Senior Recruiter", "Managing Director")

# --- subjects -------------------------------------------------------------------------------------

SUBJECTS_EN = (
    "Interview for {title}",
    "{company}: next steps for {title}",
    "Your application at {company}",
    "{title} at {company}",
    "Invitation to interview - {title}",
    "Application for {title}",
    "{company} | {title} interview",
    "Your application to {company}",
    "Interview with {company}",
    "Next steps",
    "{title} role - scheduling a call",
    "Chat about the {title} opening",
    "{company} - {title} - {place}",
    "Following up on your application",
    "[EXT] Interview: {title} @ {company}",
    "Meeting the {company} team",
    "Let's talk: {title}",
    "{me} / {company} - first conversation",
)
SUBJECTS_DE = (
    "Ihre Bewerbung als {title}",
    "Einladung zum Vorstellungsgespräch",
    "Ihre Bewerbung bei {company}",
    "{title} bei {company}",
    "Bewerbung {title} - nächste Schritte",
    "Vorstellungsgespräch {title}",
    "Kennenlernen bei {company}",
)
SUBJECTS_OUTREACH = (
    "Opportunity: {title}",
    "{title} - exciting opportunity",
    "New role for you?",
    "{title} with my client",
    "Your profile",
    "Quick chat about a {title} position?",
)
SUBJECTS_OUTREACH_DE = ("Spannende Position: {title}", "{title} gesucht", "Neue berufliche Herausforderung")

# --- what the other side writes -------------------------------------------------------------------

GREETINGS = (
    "Hi {first},",
    "Hello {first},",
    "Dear {first},",
    "Hey {first},",
    "Good morning {first},",
    "Dear {me},",
)
GREETINGS_DE = ("Guten Tag {me},", "Hallo {first},", "Sehr geehrte/r {me},", "Liebe/r {first},")
CLOSINGS = (
    "Best regards,", "Kind regards,", "Best,", "Thanks,", "Cheers,",
    "Warm regards,", "All the best,", "Thank you,", "Looking forward,", "Sincerely,",
)  # fmt: skip
CLOSINGS_DE = (
    "Mit freundlichen Grüßen",
    "Viele Grüße",
    "Beste Grüße",
    "Freundliche Grüße",
    "Herzliche Grüße,",
)

CONFIRMATIONS = (
    (
        "Thank you for applying to the {title} position at {company}. We have received your application and "
        "our team"
        " will review it carefully."
    ),
    "We're excited that you want to join {company}! Your application for {title} has arrived safely.",
    (
        "Thanks for your interest in {company}. This is to confirm that we got your application for the "
        "{title} role"
        " and will be in touch if your experience matches."
    ),
    "Your application was submitted. Position: {title}. Location: {place}. Company: {company}.",
    "Hank you for applying to {company}. We will look at your documents for {title} within two weeks.",
    (
        "We appreciate your interest in the {title} opening in {place}. The {company} recruiting team will "
        "come back to"
        " you soon."
    ),
    (
        "Thank you for considering {company} as your next employer. We received your application for the "
        "position of"
        " {title}."
    ),
    "This mail confirms receipt of your application. You applied for {title} with {company}.",
)
CONFIRMATIONS_DE = (
    "vielen Dank für Ihre Bewerbung als {title} bei {company}. Wir prüfen Ihre Unterlagen und melden uns.",
    (
        "Ihre Bewerbung ist bei uns eingegangen. Sie haben sich auf die Stelle als {title} beworben. Das "
        "Team von"
        " {company} meldet sich in Kürze."
    ),
    "danke für Ihr Interesse an {company}. Wir haben Ihre Unterlagen für die Position {title} erhalten.",
)
INVITES = (
    (
        "Thank you for your application for the {title} role. We would love to get to know you better and "
        "invite you to"
        " an interview.{slot}"
    ),
    (
        "I'm a recruiter at {company} and I'm reaching out about your application. The hiring team "
        "enjoyed your"
        " background, and we'd like to set up a first conversation about the {title} position.{slot}"
    ),
    "Great news: the team would like to talk to you about the {title} opening.{slot}",
    (
        "Thanks for applying for the {title} position at {company}. Would you be free for a 45 minute "
        "interview with our"
        " team?{slot}"
    ),
    (
        "We were impressed by your resume and want to invite you for an interview at {company} for the "
        "role of"
        " {title}.{slot}"
    ),
    "Following your application to {company} for {title}, I would like to arrange a video call.{slot}",
    (
        "It was good to see your application come in. Your profile fits what we look for in a {title}, so "
        "the next step"
        " is a conversation with the hiring manager.{slot}"
    ),
    "I look after hiring for the {title} role here at {company}. Could we meet for an interview?{slot}",
    (
        "My name is {sender} and I work in the talent team of {company}. You recently applied as {title}; "
        "we'd like to"
        " take the next step with you.{slot}"
    ),
    (
        "On behalf of the whole team at {company}, I am happy to ask you in for an interview in connection "
        "with the"
        " {title} vacancy.{slot}"
    ),
    "We have reviewed your documents, and you are on our shortlist for {title}.{slot}",
    (
        "Your CV reached me via our careers page. I think {title} could be right for you and would like to "
        "hear more"
        " about you.{slot}"
    ),
)
INVITES_DE = (
    (
        "vielen Dank für Ihre Bewerbung als {title}. Gerne möchten wir Sie persönlich kennenlernen und laden "
        "Sie zu"
        " einem Vorstellungsgespräch ein.{slot}"
    ),
    (
        "Ihre Unterlagen haben uns überzeugt. Wir möchten Sie zu einem Gespräch über die Stelle als "
        "{title} bei"
        " {company} einladen.{slot}"
    ),
    (
        "ich bin Recruiterin bei {company} und freue mich, Ihnen mitteilen zu können, dass wir Sie für die "
        "Position"
        " {title} gern kennenlernen möchten.{slot}"
    ),
    (
        "danke für dein Interesse an {company}. Wir würden uns gern mit dir über die Rolle als {title}"
        " unterhalten.{slot}"
    ),
)
SLOTS = (
    " Does {weekday}, {day} {month} at {h24} {zone} work? It is already in our calendars.",
    " Your interview is scheduled for {weekday}, {month} {day}, {year} at {h12} {zone}.",
    " The interview will take place on {weekday} {day} {month} {year}, {h24}-{end24} {zone}.",
    "\n\nDate: {weekday}, {month} {day}, {year}\nTime: {h12} {zone}\n",
    " We have you down for {month} {day}, {h12} {zone}.",
    " See you on {weekday}, {day} {month} {year} at {h24} ({zone})!",
    " We meet at {h24} {zone} on {weekday}, {day} {month} {year}.",
    " Confirmed: {weekday} {month} {day}, {year}, {h12} {zone}.",
    " I booked {iso}, {h24} {zone} for us.",
)
SLOTS_DE = (
    " Als Termin haben wir {weekday}, den {day}. {month} {year}, um {h24} Uhr (MEZ) reserviert.",
    " Das Gespräch findet am {dotted} um {h24} Uhr statt.",
    " Wir erwarten Sie am {weekday}, {dotted}, {h24} Uhr.",
    " Termin: {weekday}, {day}. {month} {year}, {h24} Uhr MEZ.",
)
NO_SLOT = (
    " What times suit you next week?",
    " Please pick a time that works for you.",
    " When could you spare 30 minutes?",
    " Let me know your availability.",
)
NO_SLOT_DE = (" Welcher Termin passt Ihnen?", " Bitte nennen Sie mir einige Terminvorschläge.")
CHATTER = (
    "Thanks for getting back to me so quickly. I'll pass it on to the team.",
    "Perfect, that works for us. Let me know if you have questions before we meet.",
    "Just checking in: do you have everything you need for the conversation?",
    "Wonderful, thank you! The video link will follow shortly.",
    "Noted, thanks. The team is looking forward to meeting you.",
    "Sounds good. You will speak with two colleagues of the department.",
)
CHATTER_DE = (
    "vielen Dank für die schnelle Rückmeldung. Die Einwahldaten folgen.",
    "das passt gut, wir freuen uns auf Sie.",
)
COORDINATION = (
    (
        "I'm coordinating your interview day for the {title} role. Please find the details in the calendar "
        "invitation."
    ),
    "{recruiter} asked me to set up the conversation. An invitation is on its way to you.",
    "I take care of scheduling for {recruiter}. Please tell me if anything about the date changes.",
)
OUTREACH = (
    (
        "I came across your profile and thought of you for a role with my client {company}. They are looking "
        "for a"
        " {title}. Would you be open to a short call?"
    ),
    (
        "I'm supporting our client, {company}, in the search for a {title}. Your background looks like a "
        "strong match."
    ),
    "My client {company} is hiring a {title} and I think you would be great. When can we speak?",
    "On behalf of {company}, a client of ours, I am searching for a {title}. Are you open to hearing more?",
    "One of our clients, {company}, needs a {title} in {place}. Shall I send you the details?",
)
OUTREACH_DE = (
    "für unseren Kunden {company} suchen wir einen {title}. Hätten Sie Interesse an einem kurzen Telefonat?",
    "im Auftrag unseres Mandanten, der {company}, besetzen wir die Position {title}. Passt das zu Ihnen?",
    "ich bin auf Ihr Profil aufmerksam geworden. Unser Kunde {company} sucht Verstärkung als {title}.",
)
OUTREACH_UNNAMED = (
    (
        "I'm recruiting for one of our clients, a leading player in its market, who is looking for a "
        "{title}. Would you"
        " be open to a chat?"
    ),
    "My client, a fast growing scale-up in {place}, is searching for a {title}. Interested?",
    "A client of mine needs a {title}. They prefer to stay confidential at this stage.",
)
REJECTIONS = (
    (
        "Thank you for the time you took to talk to us. Unfortunately, we have decided to move forward "
        "with other"
        " candidates for this role."
    ),
    (
        "We appreciate your interest in {company}. After careful consideration, we will not be moving "
        "forward with your"
        " application."
    ),
    "We regret to inform you that the position has been filled. We wish you every success in your search.",
    (
        "Thanks again for meeting the team. It was a hard choice, but we won't be proceeding with your "
        "candidacy."
    ),
)
REJECTIONS_DE = (
    (
        "vielen Dank für das Gespräch. Leider müssen wir Ihnen mitteilen, dass wir uns für einen anderen "
        "Bewerber"
        " entschieden haben."
    ),
    "wir bedauern, Ihnen absagen zu müssen, und wünschen Ihnen für Ihre Zukunft alles Gute.",
)
OFFERS = (
    "I am delighted to offer you the position of {title} at {company}. The offer letter is attached.",
    "The team loved meeting you, and we'd like to make you an offer! You will find the contract attached.",
    "We are pleased to extend an offer for the {title} role. Please let us know by Friday.",
)
ASSESSMENTS = (
    "As a next step we ask you to complete the take-home exercise. You will find it in the attachment.",
    "Please complete the online assessment within five days. It takes about an hour.",
)

# --- what the person writes -----------------------------------------------------------------------

MY_REPLIES = (
    "Thank you for the invitation. I look forward to speaking with you.",
    "That time works well for me. See you then!",
    "Thanks a lot, I would be happy to talk. Mornings are best for me.",
    "Great, I have put it in my calendar.",
)
MY_REPLIES_DE = (
    "vielen Dank für die Einladung, der Termin passt mir gut.",
    "gerne, ich freue mich auf das Gespräch.",
)
MY_WITHDRAWALS = (
    (
        "Thank you for considering me. I have decided to withdraw my application and wish you all the best "
        "in your search."
    ),
    (
        "After some thought I would like to withdraw from the process for the {title} role. Thank you for "
        "your time."
    ),
    (
        "I've accepted another offer and am therefore withdrawing my candidacy. I am sorry for the "
        "inconvenience."
    ),
)
MY_FORWARDS = (
    "What do you think of this one?",
    "Look who wrote! Shall I go?",
    "fyi, this is the one I told you about",
)
PARTNER_ANSWERS = (
    "Exciting! You should go. Love, N",
    "Great news, good luck at {company}!",
    "Take the early train then. Proud of you!",
)

# --- machines -------------------------------------------------------------------------------------

AUTO_REPLIES = (
    "I am out of office until Monday with limited access to mail. For urgent matters please contact {other}.",
    "Thank you for your message. I am on leave and will answer when I am back.",
    "Ich bin bis Ende der Woche nicht im Büro. Ihre Nachricht wird nicht weitergeleitet.",
)
AUTO_SUBJECTS = ("Automatic reply: {subject}", "Out of office: {subject}", "Automatische Antwort: {subject}")

# --- ordinary mail --------------------------------------------------------------------------------

NEWSLETTERS = (
    (
        "{company} News: what we shipped this month",
        (
            "This month at {company}: new features, new faces and an open house. We are hiring - see our "
            "careers page."
        ),
    ),
    (
        "Your weekly digest from {company}",
        "Read the latest stories from the {company} blog. Manage your subscription below.",
    ),
    ("{company} summer sale: 20% off", "Only this week: 20% off everything at {company}. Shop now."),
    (
        "Join {company} for a free webinar",
        "Our experts show how teams use {company}. Save your seat, there is no charge.",
    ),
)
RECEIPTS = (
    (
        "Your order {req} has shipped",
        "Your parcel is on its way. Order number {req}, total 48.90. Track it in your account.",
    ),
    ("Receipt for your payment", "We received your payment of 12.00. Thank you for your purchase."),
    (
        "Ihre Rechnung {req}",
        "anbei erhalten Sie Ihre Rechnung. Der Betrag wird in den nächsten Tagen abgebucht.",
    ),
    (
        "Your appointment at the dentist",
        "We remind you of your appointment on Tuesday at 9:30. Please call to cancel.",
    ),
)
FRIENDLY = (
    (
        "Saturday",
        "Are you coming to the lake on Saturday? Bring your sister, there is enough room in the car.",
    ),
    ("Photos", "Finally got around to sorting the photos from the trip. Number 14 is my favourite!"),
    ("Kuchen am Sonntag", "kommst du am Sonntag zum Kaffee? Oma bringt den Apfelkuchen mit."),
    ("flat viewing", "the flat on Mill Road has a viewing tomorrow at 6pm. Want me to come along?"),
    ("Re: book club", "I could not finish it, the middle part is so slow. See you on Thursday anyway."),
)
FRIEND_AT_COMPANY = (
    (
        "lunch near the office?",
        "I'm at {company} all week, do you want to grab lunch on Wednesday? The canteen has improved.",
    ),
    ("Concert", "Two colleagues from {company} are coming too. I got the tickets, you owe me a drink."),
    ("moving boxes", "You can pick up the moving boxes at my desk at {company} any day after five."),
)
LISTS = (
    (
        "[pytools] Release 4.2 is out",
        "The new release fixes the parser regression. Thanks to everyone who tested the candidates.",
    ),
    (
        "[choir] Rehearsal moved",
        "The rehearsal moves to the parish hall. Altos please bring the blue folder.",
    ),
    (
        "[jobs-list] Weekly openings",
        "This week: {title} at {company}, barista, tutor. Reply to the poster, not to the list.",
    ),
)
