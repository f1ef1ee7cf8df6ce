export type { Answer, Answers } from './answer';
export * from './contract';
export { seededRandom, type ListFault } from './fault';
export { Keeper, type Savable } from './keeper';
export { cutPage, wholeNumber } from './page';
export { Refusal } from './refusal';
export { startServer, type ServerOptions, type StandInOptions, type StandInState } from './server';
export { TokenDesk, type TokenDeskOptions } from './token';
export { claim } from './traffic';
