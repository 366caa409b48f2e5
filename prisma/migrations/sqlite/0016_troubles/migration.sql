-- CreateTable
CREATE TABLE "Trouble" (
    "queue" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "since" DATETIME NOT NULL,
    "count" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "seenAt" DATETIME NOT NULL,

    PRIMARY KEY ("queue", "kind", "owner")
);
