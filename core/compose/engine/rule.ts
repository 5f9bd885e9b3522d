/** What a rule of the engine's own validation sees, and how it says no. */
import type { Path } from '../value/fault.ts';
import type { ComposeModel, ServiceModel } from '../value/model.ts';

export interface AskedService {
  readonly name: string;
  readonly service: ServiceModel;
  readonly model: ComposeModel;
  /** @param keys of the attribute, below the service */
  readonly refuse: (keys: Path, message: string) => void;
}

/** Refuses what no engine takes of one service: when its container is made, or when it is started. */
export type ServiceRule = (asked: AskedService) => void;

export interface AskedProject {
  readonly model: ComposeModel;
  /** @param path from the root of the model */
  readonly refuse: (path: Path, message: string) => void;
}

/** The same of networks, volumes, and services beside each other. */
export type ProjectRule = (asked: AskedProject) => void;
