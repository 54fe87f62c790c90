const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME =
  /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_EMAIL_LENGTH = 254;

/** The formats that are enforced; each test takes time linear in the text. */
export const FORMATS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date', isDate],
  ['date-time', isDateTime],
  ['uuid', (text: string) => UUID.test(text)],
  ['email', isEmail],
  ['uri', (text: string) => URL.canParse(text)],
]);

function isDate(text: string): boolean {
  const match = DATE.exec(text);
  if (!match) return false;
  // Date.UTC rolls the 31st of April over to May: only a real day comes back as it was.
  const [year, month, day] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  date.setUTCFullYear(year ?? 0, (month ?? 0) - 1, day);
  return date.toISOString().slice(0, 10) === text;
}

function isDateTime(text: string): boolean {
  const separator = text[10];
  if (separator !== 'T' && separator !== 't') return false;
  return isDate(text.slice(0, 10)) && TIME.test(text.slice(11));
}

/** One `@`, something before it, a dotted name behind it, no blanks: whether it exists only a mail can tell. */
function isEmail(text: string): boolean {
  const [local, domain, ...more] = text.split('@');
  if (!local || !domain || more.length > 0 || text.length > MAX_EMAIL_LENGTH) return false;
  return !/\s/.test(text) && domain.includes('.') && domain.split('.').every((part) => part !== '');
}
