/**
 * Kubernetes quantities: a decimal number with a decimal suffix (`n u m k M G T P E`), a binary one (`Ki` … `Ei`) or an
 * exponent (`1e3`). Read exactly, then rounded up to whole base units as Kubernetes does.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

/** An exact, non-negative amount: `numerator / denominator`. */
export interface Quantity {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export type QuantityResult =
  | { readonly ok: true; readonly quantity: Quantity }
  | { readonly ok: false; readonly message: string };
export type AmountResult =
  | { readonly ok: true; readonly amount: number }
  | { readonly ok: false; readonly message: string };

/** Longer texts are mistakes or attacks; the largest sensible quantity has about 20 characters. */
const MAX_CHARACTERS = 64;
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const WANTED =
  'want a number such as 0.5, 250m or 2Gi (suffix n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi or Ei, or an exponent such as 1e3)';

const grammar = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(.*)$/s;

/** Reads a quantity exactly. The message of a refusal names the text and what is allowed. */
export function parseQuantity(text: string): QuantityResult {
  const refuse = (why: string): QuantityResult => ({
    ok: false,
    message: `invalid quantity ${shown(text)}: ${why}`,
  });
  if (text.length > MAX_CHARACTERS) return refuse(`longer than ${MAX_CHARACTERS} characters`);
  const match = grammar.exec(text);
  if (match === null) return refuse(WANTED);
  const [, sign, whole = '', decimals = '', bareDecimals = '', suffix = ''] = match;
  const scale = scaleOf(suffix);
  if (scale === undefined) return refuse(suggestion(text, suffix) ?? WANTED);
  const fraction = decimals + bareDecimals;
  const digits = BigInt(whole + fraction);
  if (sign === '-' && digits > 0n) return refuse('must not be negative');
  const exponent = scale.power10 - fraction.length;
  return {
    ok: true,
    quantity: {
      numerator: digits * 1024n ** BigInt(scale.power1024) * 10n ** BigInt(Math.max(exponent, 0)),
      denominator: 10n ** BigInt(Math.max(-exponent, 0)),
    },
  };
}

/** Thousandths, rounded up. Errors: more than 2^53 - 1. */
export const quantityToMillis = (quantity: Quantity): AmountResult =>
  roundedUp(quantity.numerator * 1000n, quantity.denominator);

/** Base units, rounded up. Errors: more than 2^53 - 1. */
export const quantityToUnits = (quantity: Quantity): AmountResult =>
  roundedUp(quantity.numerator, quantity.denominator);

/**
 * The amount of a resource as `ResourceList` counts it: `cpu` in millicores, everything else in base units. Resources
 * that are counted (`pods`, devices) must be whole, as the API server demands. Each amount is rounded up by itself: the API
 * server does so to thousandths when it stores one, so that two containers of `0.5m` ask for `2m`.
 */
export function amountOf(resourceName: string, text: string): AmountResult {
  const parsed = parseQuantity(text);
  if (!parsed.ok) return parsed;
  const { quantity } = parsed;
  if (isCounted(resourceName) && quantity.numerator % quantity.denominator !== 0n) {
    return {
      ok: false,
      message: `invalid quantity ${shown(text)}: ${resourceName} is counted, so it must be a whole number`,
    };
  }
  const result = resourceName === 'cpu' ? quantityToMillis(quantity) : quantityToUnits(quantity);
  return result.ok ? result : { ok: false, message: `invalid quantity ${shown(text)}: ${result.message}` };
}

/**
 * An amount as people write it: `4` or `3920m` for cpu; the largest binary suffix that divides for bytes (`9Gi`,
 * `14162Mi`, plain bytes when none does); a plain count for everything else.
 */
export function formatQuantity(resourceName: string, amount: number): string {
  if (resourceName === 'cpu') return amount % 1000 === 0 ? `${amount / 1000}` : `${amount}m`;
  if (isCounted(resourceName) || amount === 0) return `${amount}`;
  let value = amount;
  let step = 0;
  while (value % 1024 === 0 && step < BINARY_SUFFIXES.length - 1) {
    value /= 1024;
    step += 1;
  }
  return `${value}${BINARY_SUFFIXES[step]}`;
}

const isCounted = (resourceName: string): boolean =>
  !['cpu', 'memory', 'ephemeral-storage', 'storage'].includes(resourceName) &&
  !resourceName.startsWith('hugepages-');

function scaleOf(suffix: string): { readonly power10: number; readonly power1024: number } | undefined {
  const binary = BINARY_SUFFIXES.indexOf(suffix);
  if (binary > 0) return { power10: 0, power1024: binary };
  const decimal = DECIMAL_SUFFIXES.indexOf(suffix);
  if (decimal >= 0) return { power10: (decimal - DECIMAL_SUFFIXES.indexOf('')) * 3, power1024: 0 };
  // Three digits hold every exponent that could matter and keep the power cheap to compute.
  const exponent = /^[eE]([+-]?\d{1,3})$/.exec(suffix)?.[1];
  return exponent === undefined ? undefined : { power10: Number(exponent), power1024: 0 };
}

/** `GB`, `gb`, `gi`, `K`, ` Gi`: what was probably meant, or undefined when nothing is near. */
function suggestion(text: string, suffix: string): string | undefined {
  const number = text.slice(0, text.length - suffix.length);
  const letter = /^\s*([kmgtpe])(i?)b?$/i.exec(suffix);
  if (letter === null) return undefined;
  const unit = letter[1]?.toUpperCase() ?? '';
  const binary = `"${number}${unit}i" (powers of 1024)`;
  if (letter[2] !== '') return `did you mean ${binary}?`;
  return `did you mean "${number}${unit === 'K' ? 'k' : unit}" (powers of 1000) or ${binary}?`;
}

function roundedUp(numerator: bigint, denominator: bigint): AmountResult {
  const amount = (numerator + denominator - 1n) / denominator;
  return amount > BigInt(Number.MAX_SAFE_INTEGER)
    ? { ok: false, message: 'larger than 2^53, which no node has: use a smaller amount' }
    : { ok: true, amount: Number(amount) };
}

const shown = (text: string): string =>
  JSON.stringify(text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text);
