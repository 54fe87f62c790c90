/** Freezes a value and all in it, Maps included, so that whoever changes it throws. @returns the value itself */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    for (const part of value.values()) frozen(part);
    for (const method of ['set', 'delete', 'clear']) {
      Object.defineProperty(value, method, { value: refuse });
    }
  }
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}

function refuse(): never {
  throw new TypeError('this Map is frozen');
}
