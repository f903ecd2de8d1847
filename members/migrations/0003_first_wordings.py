"""The first version of each text that members accept or consent to. A shop publishes its own as later versions."""

from typing import Any, ClassVar

from django.db import migrations
from django.utils import timezone

TEXTS = {
    "terms": {
        "en": (
            "Membership is free and for one person aged 14 or older, or younger with the agreement of a parent. "
            "You collect points when you give your member number, phone number or e-mail address at the till or "
            "in the web shop, by the earning rules valid on the day of the purchase.\n\n"
            "Points have no cash value until they are redeemed, can't be sold, and expire on the date shown "
            "with them in your account. When you bring goods back, the points collected for them are taken "
            "back; if you have used them already, the next points you collect make up for it. Points booked by "
            "mistake are corrected.\n\n"
            "Tell us when you lose your card: we replace it under a new number, and your points stay yours. We "
            "may put a membership on hold when it is misused. We announce changes of these terms, or the end of "
            "the programme, at least 30 days ahead; until then you can use your points. You can leave at any "
            "time."
        ),
        "zh-hans": (
            "会员免费加入，须年满14周岁；未满14周岁的，须经父母或其他监护人同意。每个会员账户仅限本人使用。"
            "您在收银台或网店出示会员号、手机号或电子邮箱，即可按购物当日有效的积分规则获得积分。\n\n"
            "积分在兑换之前不具有现金价值，不得出售，并在账户中显示的日期到期。退货时，"
            "相应商品所得的积分会被收回；若积分已经使用，将由之后获得的积分补足。错误入账的积分会予以更正。\n\n"
            "会员卡遗失请告诉我们：我们会以新的会员号为您补卡，积分仍归您所有。如会员账户被滥用，"
            "我们可以暂停该账户。条款变更或会员计划终止，我们会至少提前30天告知，在此之前您可以使用积分。"
            "您可以随时退出。"
        ),
    },
    "privacy": {
        "en": (
            "To run the programme we keep your name, phone number, e-mail address and birthday as far as you "
            "give them, your purchases with us, your points and your tier. We use them to book points, to show "
            "you your account, to answer your questions, and, only if you agree, to send you offers.\n\n"
            "Our staff see your data as far as their work needs it. Companies that send messages or run servers "
            "for us act on our instructions. We sell your data to nobody. We keep it while you are a member; "
            "records of points and purchases are kept longer, without your name, as the law on accounts "
            "requires.\n\n"
            "You can see, correct, receive and erase your data, and take back any consent with effect for the "
            "future. Ask in any of our shops, or write to the address shown on our website. You may also "
            "complain to the data protection authority."
        ),
        "zh-hans": (
            "为运行会员计划，我们会保存您提供的姓名、手机号、电子邮箱和生日，"
            "以及您在本店的购物记录、积分和会员等级。我们将其用于记录积分、向您展示账户、答复您的咨询，"
            "以及仅在您同意时向您发送优惠信息。\n\n"
            "我们的员工仅在工作需要的范围内查看您的信息。为我们发送消息或运行服务器的公司按照我们的指示处理信息。"
            "我们不向任何人出售您的信息。会员资格存续期间我们保存您的信息；积分和购物记录会在去除姓名后，"
            "按财务法规要求保存更长时间。\n\n"
            "您可以查阅、更正、获取和删除您的信息，也可以随时撤回任何同意，撤回自此后生效。请在任一门店提出，"
            "或按我们网站上公布的地址来信。您也可以向个人信息保护主管部门投诉。"
        ),
    },
    "service": {
        "en": (
            "Tell me about my membership on this channel: points that are about to expire, a new tier, changes "
            "of the terms. These messages hold no advertising. I can switch them off at any time in my account."
        ),
        "zh-hans": (
            "请通过此渠道通知我会员相关事项：即将到期的积分、等级变化和条款变更。此类消息不含广告。"
            "我可以随时在账户中关闭。"
        ),
    },
    "marketing": {
        "en": (
            "Yes, send me offers, news and birthday greetings of this programme on this channel. I can take "
            "this back at any time, in my account or by the link in each message, and it costs me no points."
        ),
        "zh-hans": (
            "同意通过此渠道向我发送本会员计划的优惠、新闻和生日祝福。"
            "我可以随时在账户中或通过每条消息中的链接撤回同意，积分不受影响。"
        ),
    },
}


def publish(apps: Any, schema_editor: Any) -> None:
    """Write version 1 of each text."""
    now = timezone.now()
    wording = apps.get_model("members", "Wording")
    first = [
        wording(
            kind=kind,
            version=1,
            text=text["en"],
            text_en=text["en"],
            text_zh_hans=text["zh-hans"],
            published_at=now,
        )
        for kind, text in TEXTS.items()
    ]
    wording.objects.bulk_create(first, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("members", "0002_guards")]

    # Published texts are never deleted, also not by going back; version 1 may then already be there.
    operations: ClassVar = [migrations.RunPython(publish, migrations.RunPython.noop)]
