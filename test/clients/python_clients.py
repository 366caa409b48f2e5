"""Sends one message by a Python client as it is published: python_clients.py NAME MARK, with SERVER and KEYS (JSON) set.

Prints the client's version, then what it made of the answer; ends with an error where the client itself reports one.
"""

import asyncio
import importlib.metadata as metadata
import json
import os
import sys

SERVER = os.environ["SERVER"]
HOST = SERVER.removeprefix("http://")
KEYS = json.loads(os.environ["KEYS"])
BODY = "磁盘只剩 1%，请处理。\n第二行"


def by_apprise(url, **options):
    """Apprise's own word for success is what counts as true."""
    import apprise

    def send(mark):
        sender = apprise.Apprise()
        assert sender.add(url), "apprise does not know the address"
        assert sender.notify(title=f"标题 {mark}", body=BODY, **options), "apprise reports a failure"
        return True

    return "apprise", send


def pushplus_sdk(mark):
    from perk_pushplus import BatchSendRequest, Channel, PageQuery, PushPlusClient, TopicAddRequest, TopicListQuery, TopicUserListQuery

    builder = PushPlusClient.builder().base_url(SERVER)
    client = builder.token(KEYS["pushplus"]).secret_key(KEYS["pushplusSecret"]).build()
    code = client.send_simple(f"标题 {mark}", BODY)
    assert len(code) == 32, code
    batch = BatchSendRequest.builder().title("多渠道").content("x").channel(Channel.WECHAT).option("").build()
    rows = client.batch_send(batch)
    assert [row.code for row in rows] == [200], rows
    assert client.user.my_info().token == KEYS["pushplus"]
    assert client.open_message.list(PageQuery.of(1, 20)).total >= 2
    topic = client.topic.add(TopicAddRequest(topicCode=mark, topicName=mark, contact="c", introduction="i"))
    assert client.topic.list(TopicListQuery.of(1, 20, 0)).list[0].topicId == topic
    assert client.topic_user.subscriber_list(TopicUserListQuery.of(1, 20, topic)).list == []
    assert client.topic_user.blacklist_list(TopicUserListQuery.of(1, 20, topic)).list == []
    friend = client.friend.list(PageQuery.of(1, 20)).list[0]
    client.friend.add_blacklist(friend.friendId)
    entry = client.friend.blacklist_list(PageQuery.of(1, 20)).list[0]
    assert entry.friendId == friend.friendId, entry
    client.friend.remove_blacklist(entry.id)
    assert client.friend.blacklist_list(PageQuery.of(1, 20)).total == 0
    return code


def wxpusher_sdk(mark):
    from wxpusher import WxPusher

    token = KEYS["appToken"]
    answer = WxPusher.send_message(f"标题 {mark}\n{BODY}", uids=[KEYS["uid"]], token=token)
    assert answer["success"] and answer["code"] == 1000, answer
    asked = WxPusher.query_message(answer["data"][0]["messageId"])
    assert asked["success"], asked
    users = WxPusher.query_user(1, 20, token)
    assert users["data"]["records"][0]["uid"] == KEYS["uid"], users
    code = WxPusher.create_qrcode("extra", 1800, token)
    assert code["success"] and code["data"]["url"].startswith("http"), code
    return answer


def serverchan_sdk(mark, key="sendkey"):
    from serverchan_sdk import sc_send

    answer = sc_send(KEYS[key], f"标题 {mark}", BODY, {"tags": "报警"})
    assert answer["code"] == 0, answer
    return answer


def gotify_client(mark):
    from gotify import Gotify

    sent = Gotify(base_url=SERVER, app_token=KEYS["gotify"]).create_message(BODY, title=f"标题 {mark}", priority=8)
    assert isinstance(sent["id"], int), sent
    return sent


def pushdeer_client(mark):
    from pypushdeer import PushDeer

    sender = PushDeer(server=SERVER, pushkey=KEYS["pushdeer"])
    assert sender.send_markdown(f"标题 {mark}", desp=BODY) is True
    assert sender.send_text(f"文字 {mark}") is True
    return True


def ntfy_client(mark):
    from python_ntfy import NtfyClient

    client = NtfyClient(topic=KEYS["ntfy"], server=SERVER)
    sent = client.send(BODY, title=f"Title {mark}", tags=["warning"], priority=NtfyClient.MessagePriority.HIGH)
    assert sent["event"] == "message", sent
    return sent


def ntfy_async(mark):
    import aiohttp
    from aiontfy import Event, Message, Ntfy

    async def send():
        async with aiohttp.ClientSession() as session:
            ntfy = Ntfy(SERVER, session)
            topic = KEYS["ntfy"]
            first = await ntfy.publish(Message(topic=topic, title=f"标题 {mark}", message=BODY, sequence_id=mark))
            assert first.event is Event.MESSAGE and first.sequence_id == mark, first
            second = await ntfy.publish(Message(topic=topic, message=f"更新 {mark}", sequence_id=mark, tags=["tada"]))
            assert second.sequence_id == mark, second
            cleared = await ntfy.clear(topic, mark)
            assert cleared.event is Event.MESSAGE_CLEAR, cleared
            deleted = await ntfy.delete(topic, "another")
            assert deleted.event is Event.MESSAGE_DELETE and deleted.sequence_id == "another", deleted
            return first

    return asyncio.run(send())


# Name: the package whose version is told, and what sends.
CLIENTS = {
    "apprise-bark": by_apprise(f"bark://{HOST}/{KEYS['bark']}?level=timeSensitive&group=g"),
    "apprise-ntfy": by_apprise(f"ntfy://{HOST}/{KEYS['ntfy']}?priority=high&tags=warning&click=https://ops.example/"),
    "apprise-gotify": by_apprise(f"gotify://{HOST}/{KEYS['gotify']}?priority=high"),
    "apprise-gotify-markdown": by_apprise(f"gotify://{HOST}/{KEYS['gotify']}", body_format="markdown"),
    "apprise-pushdeer": by_apprise(f"pushdeer://{HOST}/{KEYS['pushdeer']}"),
    "apprise-pushplus": by_apprise(f"pushplus://{KEYS['pushplus']}"),
    "apprise-serverchan": by_apprise(f"schan://{KEYS['sendkey']}"),
    "apprise-wxpusher": by_apprise(f"wxpusher://{KEYS['appToken']}/{KEYS['uid']}"),
    "perk-pushplus-sdk": ("perk-pushplus-sdk", pushplus_sdk),
    "wxpusher": ("wxpusher", wxpusher_sdk),
    "serverchan-sdk": ("serverchan-sdk", serverchan_sdk),
    "serverchan-sdk-3": ("serverchan-sdk", lambda mark: serverchan_sdk(mark, "sendkey3")),
    "gotify": ("gotify", gotify_client),
    "pypushdeer": ("pypushdeer", pushdeer_client),
    "python-ntfy": ("python-ntfy", ntfy_client),
    "aiontfy": ("aiontfy", ntfy_async),
}

if __name__ == "__main__":
    package, send = CLIENTS[sys.argv[1]]
    print(metadata.version(package))
    print(send(sys.argv[2]))
