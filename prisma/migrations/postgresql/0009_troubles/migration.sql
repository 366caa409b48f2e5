-- CreateTable
CREATE TABLE "Trouble" (
    "queue" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "owner" TEXT COLLATE "C" NOT NULL,
    "since" TIMESTAMP(3) NOT NULL,
    "count" INTEGER NOT NULL,
    "code" TEXT COLLATE "C" NOT NULL,
    "why" TEXT COLLATE "C" NOT NULL,
    "seenAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Trouble_pkey" PRIMARY KEY ("queue","kind","owner")
);
