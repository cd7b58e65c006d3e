/** The installation's launch templates, as far as somebody cleans up after launches. */
export interface UnusedTemplates {
  /** Removes those that no launch of today would ask for and that are not young; gives their names. A second call finds nothing. */
  remove(): Promise<readonly string[]>;
}
