/**
 * EC2's API over HTTP on 127.0.0.1 (Query protocol, XML answers), in front of the in-memory EC2, for the wire adapter's
 * tests and for running everything in one process. It has the actions our functions use, and EC2's behaviour: pages,
 * filters, limits, tag rules, tokens, errors in its own words. A parameter that it does not know is refused.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { DovetailError } from '../model/errors.ts';
import type { InstanceId } from '../model/ids.ts';
import { Account, type AccountSetup, type Start } from './ec2/account.ts';
import { ACTIONS } from './ec2/actions.ts';
import { Ec2ApiError } from './ec2/api-error.ts';
import { Query } from './ec2/query.ts';
import { errorXml, responseXml } from './ec2/xml.ts';
import { closed, listenOnLoopback } from './loopback.ts';

export interface Ec2ServerOptions extends AccountSetup {
  /** 0 takes a free one. */
  readonly port: number;
}

/** An answer that the next requests of an action get instead of their own. */
export interface Ec2Fault {
  readonly action: string;
  readonly times: number;
  readonly code: string;
  readonly message?: string;
}

export interface Ec2Server {
  readonly url: string;
  /** Action of every request, in order. */
  readonly requests: readonly string[];
  order(fault: Ec2Fault): void;
  /** Subnet, template and address that an instance was started with. */
  startOf(id: InstanceId): Start | undefined;
  close(): Promise<void>;
}

export async function startEc2Server(options: Ec2ServerOptions): Promise<Ec2Server> {
  const desk = new Desk(new Account(options));
  const server = createServer((request, response) => void desk.serve(request, response));
  const url = await listenOnLoopback(server, options.port);
  return {
    url,
    requests: desk.requests,
    order: (fault) => desk.orders.push({ fault, left: fault.times }),
    startOf: (id) => desk.account.starts.get(id),
    close: () => closed(server),
  };
}

class Desk {
  readonly account: Account;
  readonly requests: string[] = [];
  readonly orders: { readonly fault: Ec2Fault; left: number }[] = [];

  constructor(account: Account) {
    this.account = account;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = Query.parse(await bodyOf(request));
    const action = query.text('Action') ?? '';
    this.requests.push(action);
    const requestId = `request-${this.requests.length}`;
    try {
      send(response, 200, responseXml(action, requestId, this.#answer(action, query)));
    } catch (error) {
      // The caller of a request whose answer is lost sees a broken connection and nothing else.
      if (error instanceof DovetailError && error.code === 'UnknownOutcome') {
        request.socket.destroy();
        return;
      }
      const { status, code, message } = apiErrorOf(error);
      send(response, status, errorXml(code, message, requestId));
    }
  }

  #answer(action: string, query: Query) {
    this.#strike(action);
    const served = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (served === undefined) {
      throw new Ec2ApiError('InvalidAction', `The action ${action} is not valid for this web service.`);
    }
    const known = ['Action', 'Version', 'DryRun', ...served.parameters];
    const unknown = query.names().find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new Ec2ApiError('UnknownParameter', `The parameter ${unknown} is not recognized`);
    }
    return served.answer(this.account, query);
  }

  #strike(action: string): void {
    const order = this.orders.find(({ fault, left }) => left > 0 && fault.action === action);
    if (order === undefined) return;
    order.left -= 1;
    throw new Ec2ApiError(order.fault.code, order.fault.message ?? 'ordered by a test');
  }
}

/** The in-memory EC2 refuses in EC2's codes. */
function apiErrorOf(error: unknown): Ec2ApiError {
  if (error instanceof Ec2ApiError) return error;
  if (error instanceof DovetailError) return new Ec2ApiError(error.code, error.message);
  return new Ec2ApiError('InternalError', String(error));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/xml;charset=UTF-8' });
  response.end(body);
}
