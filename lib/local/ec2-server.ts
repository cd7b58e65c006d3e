/**
 * EC2's API over HTTP on 127.0.0.1 (Query protocol, XML answers), in front of the in-memory EC2, for the wire adapter's
 * tests and for running everything in one process. It has the actions our functions use, and EC2's behaviour: pages,
 * filters, limits, tag rules, tokens, errors in its own words. A parameter that it does not know is refused.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Ec2Event } from '../adapters/memory/ec2.ts';
import { DovetailError } from '../model/errors.ts';
import type { InstanceId } from '../model/ids.ts';
import type { Instance } from '../ports/fleet.ts';
import { Account, type AccountSetup, type Start } from './ec2/account.ts';
import { ACTIONS } from './ec2/actions.ts';
import { Ec2ApiError } from './ec2/api-error.ts';
import { CONTROL_PATH, control, type Ec2Fault, type Stock } from './ec2/control.ts';
import { type InstanceEvent, instanceEvents } from './ec2/events.ts';
import { Query } from './ec2/query.ts';
import { errorXml, responseXml } from './ec2/xml.ts';
import { closed, listenOnLoopback } from './loopback.ts';
import { textOf } from './request-body.ts';

export interface Ec2ServerOptions extends AccountSetup {
  /** 0 takes a free one. */
  readonly port: number;
  /** What `POST /_local/capacity` may move. */
  readonly stock?: Stock;
  /** Told of every change of an instance's state, with what it was started from. */
  readonly onInstance?: (instance: Instance, start: Start | undefined) => void;
  /** Told what EventBridge would tell: changes of state, recommendations and warnings. */
  readonly onEvent?: (event: InstanceEvent) => void;
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
  const desk = new Desk(new Account(options), options.stock);
  const unsubscribe = options.ec2.subscribe((event) => void tell(options, desk.account, event));
  const server = createServer((request, response) => void desk.serve(request, response));
  const url = await listenOnLoopback(server, options.port);
  return {
    url,
    requests: desk.requests,
    order: (fault) => desk.order(fault),
    startOf: (id) => desk.account.starts.get(id),
    close: () => {
      unsubscribe();
      return closed(server);
    },
  };
}

/** A moment later, because what an instance started from is written down once EC2 has started it. */
async function tell(options: Ec2ServerOptions, account: Account, event: Ec2Event): Promise<void> {
  await Promise.resolve();
  const { instance } = event;
  if (event.kind === 'state') options.onInstance?.(instance, account.starts.get(instance.instanceId));
  for (const each of instanceEvents(event, options.market.region)) options.onEvent?.(each);
}

class Desk {
  readonly account: Account;
  readonly requests: string[] = [];
  readonly orders: { readonly fault: Ec2Fault; left: number }[] = [];

  readonly #stock: Stock | undefined;

  constructor(account: Account, stock: Stock | undefined) {
    this.account = account;
    this.#stock = stock;
  }

  order(fault: Ec2Fault): void {
    this.orders.push({ fault, left: fault.times });
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const { url = '/' } = request;
    if (url.startsWith(CONTROL_PATH)) this.#control(url.slice(CONTROL_PATH.length), body, response);
    else this.#serveEc2(Query.parse(body), request, response);
  }

  #control(what: string, body: string, response: ServerResponse): void {
    const order = (fault: Ec2Fault): void => this.order(fault);
    try {
      const answer = control(
        { account: this.account, stock: this.#stock, order },
        what,
        JSON.parse(body || '{}'),
      );
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } catch (error) {
      response.writeHead(400).end(error instanceof Error ? error.message : String(error));
    }
  }

  #serveEc2(query: Query, request: IncomingMessage, response: ServerResponse): void {
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

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/xml;charset=UTF-8' });
  response.end(body);
}
