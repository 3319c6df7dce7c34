type Defined<T> = { [Name in keyof T]?: NonNullable<T[Name]> };

/** The fields that have a value: for types that tell a missing field from an undefined one. */
export function defined<T extends object>(fields: T): Defined<T> {
  const entries = Object.entries(fields).filter(([, value]) => value != null);
  return Object.fromEntries(entries) as Defined<T>;
}
