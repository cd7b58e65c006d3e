/** The two places where users keep documents: SSM parameters, and items of the table that the CLI puts. */
import type { DocumentKind } from '../../model/published-document.ts';
import { compareText } from '../../model/stable-json.ts';
import type { DocumentSource, SourceDocument } from '../../ports/document-source.ts';
import type { SsmParameters } from './ssm.ts';
import { bodyAttributes, bodyOf } from './table/body.ts';
import { DOCUMENTS, documentSk } from './table/keys.ts';
import type { Table } from './table/table.ts';

/** Folder of each kind below the documents' path. */
export const FOLDERS: Readonly<Record<DocumentKind, string>> = {
  EC2NodeClass: 'nodeclasses',
  NodePool: 'nodepools',
};

const KINDS = Object.keys(FOLDERS) as DocumentKind[];

/** Parameters `<path>/nodepools/<name>` and `<path>/nodeclasses/<name>`. */
export class SsmDocumentSource implements DocumentSource {
  readonly #parameters: SsmParameters;
  readonly #path: string;

  constructor(options: { readonly parameters: SsmParameters; readonly path: string }) {
    this.#parameters = options.parameters;
    this.#path = options.path;
  }

  async list(): Promise<readonly SourceDocument[]> {
    const documents: SourceDocument[] = [];
    for (const kind of KINDS) {
      const folder = `${this.#path}/${FOLDERS[kind]}`;
      for (const { name, value } of await this.#parameters.list(folder)) {
        const short = name.slice(folder.length + 1);
        documents.push({ kind, name: short, origin: `ssm:${name}`, text: value });
      }
    }
    return documents;
  }
}

/** Items of the table. `put` over an older text replaces it; a second call changes nothing. */
export class TableDocumentSource implements DocumentSource {
  readonly #table: Table;

  constructor(options: { readonly table: Table }) {
    this.#table = options.table;
  }

  async list(): Promise<readonly SourceDocument[]> {
    return (await this.#table.query(DOCUMENTS)).map((item) => bodyOf<SourceDocument>(item));
  }

  async put(kind: DocumentKind, name: string, text: string): Promise<void> {
    const origin = `table:${FOLDERS[kind]}/${name}`;
    const body = bodyAttributes({ kind, name, origin, text }, `${kind} ${name}`);
    await this.#table.write({ kind: 'put', item: { pk: DOCUMENTS, sk: documentSk(kind, name), ...body } });
  }

  /** One that is gone already is not an error. */
  async remove(kind: DocumentKind, name: string): Promise<void> {
    await this.#table.write({ kind: 'delete', key: { pk: DOCUMENTS, sk: documentSk(kind, name) } });
  }
}

/** Everything that any of them has. */
export const allSources = (...sources: readonly DocumentSource[]): DocumentSource => ({
  list: async () => {
    const lists: (readonly SourceDocument[])[] = [];
    for (const source of sources) lists.push(await source.list());
    return lists
      .flat()
      .sort(
        (a, b) =>
          compareText(a.kind, b.kind) || compareText(a.name, b.name) || compareText(a.origin, b.origin),
      );
  },
});
