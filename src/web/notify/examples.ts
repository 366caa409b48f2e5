/** Programs that send by a notify code, ready to paste. */

/** One program. */
export interface Example {
  name: string;
  source: string;
}

/** The programs for one address, `https://.../api/notify/{code}`. */
export function writeExamples(url: string): Example[] {
  return [
    {
      name: 'curl',
      source: `curl -X POST '${url}' \\
  -H 'Content-Type: application/json' \\
  -d '{"title": "服务器告警", "content": "CPU 使用率 **95%**"}'`,
    },
    {
      name: 'Shell',
      source: `#!/bin/sh
# 磁盘用到 90% 以上就告警
used=$(df -P / | awk 'NR == 2 { sub("%", "", $5); print $5 }')
if [ "$used" -ge 90 ]; then
  curl -fsS '${url}' -H 'Content-Type: application/json' \\
    -d "{\\"title\\": \\"磁盘告警\\", \\"content\\": \\"$(hostname) 已用 **$used%**\\"}"
fi`,
    },
    {
      name: 'Python',
      source: `import json
import urllib.request

def notify(title, content):
    request = urllib.request.Request(
        "${url}",
        data=json.dumps({"title": title, "content": content}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)

print(notify("备份完成", "大小：**1.2 GB**"))`,
    },
    {
      name: 'Node',
      source: `async function notify(title, content) {
  const answer = await fetch('${url}', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ title, content }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error);
  return body;
}

notify('部署完成', '版本：**v1.2.3**').then(console.log, console.error);`,
    },
  ];
}
