/** Values as EC2 writes them: objects are elements, lists are `item` elements, undefined members are left out. */
export type Xml =
  | string
  | number
  | boolean
  | undefined
  | readonly Xml[]
  | { readonly [element: string]: Xml };

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export const responseXml = (
  action: string,
  requestId: string,
  body: { readonly [name: string]: Xml },
): string =>
  `${DECLARATION}<${action}Response xmlns="${NAMESPACE}">${content({ requestId, ...body })}</${action}Response>`;

/** https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-error-codes.html#api-error-response */
export const errorXml = (code: string, message: string, requestId: string): string =>
  `${DECLARATION}<Response><Errors><Error>${content({ Code: code, Message: message })}</Error></Errors><RequestID>${escaped(requestId)}</RequestID></Response>`;

function content(value: Xml): string {
  if (value === undefined) return '';
  if (isList(value)) return value.map((item) => `<item>${content(item)}</item>`).join('');
  if (typeof value !== 'object') return escaped(String(value));
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `<${name}>${content(member)}</${name}>`)
    .join('');
}

const isList = (value: Xml): value is readonly Xml[] => Array.isArray(value);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
