import { Visitor } from "@swc/core/Visitor.js";
import type { Statement, VariableDeclarator } from "@swc/core";

interface UsingDeclaration {
  readonly type: "UsingDeclaration";
  readonly decls: VariableDeclarator[];
}

/**
 * swc parses `using`, but the visitor that it offers, and that dependency-cruiser walks its trees
 * with, refuses the statement. Its declarators are those of any variable.
 */
export function teachUsing(): void {
  const { visitStatement } = Visitor.prototype;
  Visitor.prototype.visitStatement = function visit(
    this: Visitor,
    statement: Statement | UsingDeclaration,
  ) {
    if (statement.type !== "UsingDeclaration") return visitStatement.call(this, statement);
    this.visitVariableDeclarators(statement.decls);
    return statement as unknown as Statement;
  };
}
