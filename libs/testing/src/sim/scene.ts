import { startClerks } from './people/clerks.js';
import { Employees } from './people/employees.js';
import { Finance } from './people/finance.js';
import { Deployment } from './processes/deployment.js';
import { publishConfiguration } from './publish.js';
import { Approvals } from './vendors/approvals.js';
import { Book } from './vendors/book.js';
import { SimulatedDingtalk } from './vendors/dingtalk.js';
import { kingdeeFor } from './vendors/kingdee.js';
import { Requests } from './vendors/requests.js';
import { World } from './world.js';

/** One history's world with everybody in it: the vendors, the people, the processes of the product. */
export class Scene {
  readonly world: World;
  readonly approvals: Approvals;
  readonly book = new Book();
  readonly requests: Requests;
  readonly employees: Employees;
  readonly #deployment: Deployment;
  readonly #finance: Finance;

  constructor(world: World) {
    this.world = world;
    this.approvals = new Approvals(() => world.clock.now());
    this.requests = new Requests(world, this.book);
    this.employees = new Employees(world, this.approvals, this.book);
    this.#finance = new Finance(world, this.book);
    const dingtalk = new SimulatedDingtalk(world, this.approvals);
    this.#deployment = new Deployment(world, {
      source: (process) => dingtalk.callsFor(process),
      target: (process) => kingdeeFor(process, world, this.book, this.requests),
    });
  }

  start(approvals: number): void {
    publishConfiguration(this.world);
    this.#deployment.start();
    this.employees.start(approvals);
    this.#finance.start();
    startClerks(this.world, this.book, this.employees.truths);
  }

  /** No more faults: everybody goes on, and what is late arrives. */
  heal(): void {
    this.world.chronicle.note('healed');
    this.world.weather.heal();
    this.book.isPeriodClosed = false;
    this.#deployment.heal();
  }
}
