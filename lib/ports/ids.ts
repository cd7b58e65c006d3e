/** Source of names that must be new. The same id is never given twice within an installation. */
export interface IdSource {
  /** At most 20 characters, lower-case letters and digits. */
  next(): string;
}
