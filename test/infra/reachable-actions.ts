// Which IAM actions a function's code can ask for: the SDK commands in the modules that its handler reaches.
import { posix } from 'node:path';
import { type SourceFile, sourceFiles } from '../architecture/source-files.ts';

/** Commands whose action has another name: a transaction is authorised by what it writes. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:TransactWriteItems': ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'],
};

const byPath = new Map(sourceFiles.map((file) => [file.path, file]));

export function reachableActions(functionName: string): string[] {
  const actions = reachableFiles(posix.join('functions', functionName, 'handler.ts')).flatMap(actionsOf);
  return [...new Set(actions)].sort();
}

function reachableFiles(start: string): SourceFile[] {
  const seen = new Set<string>();
  const open = [start];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (target !== undefined && !typeOnly) open.push(target);
    }
  }
  return [...seen].flatMap((path) => byPath.get(path) ?? []);
}

function actionsOf({ code, imports }: SourceFile): string[] {
  const client = imports
    .filter(({ typeOnly }) => !typeOnly)
    .flatMap(({ specifier }) => /^@aws-sdk\/client-([a-z0-9-]+)$/.exec(specifier)?.[1] ?? [])[0];
  if (client === undefined) return [];
  return [...code.matchAll(/\bnew (\w+)Command\(/g)].flatMap(([, command]) => {
    const action = `${client}:${command}`;
    return ACTIONS[action] ?? [action];
  });
}
