/** `1 pod`, `12 pods`, `4 102 offerings`: an amount with its noun, thousands apart. */
export const counted = (count: number, noun: string): string =>
  `${String(count).replace(/\B(?=(\d{3})+$)/g, ' ')} ${noun}${count === 1 ? '' : 's'}`;
