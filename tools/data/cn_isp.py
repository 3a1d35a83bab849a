# SPDX-License-Identifier: MIT
"""AS number and organisation -> class of network operator, and the province of an AS that has one.

Classes: ct cu cm cernet cstnet cbn drpeng gov ali tencent baidu huawei bytedance cloud other.
Provinces: ISO 3166-2:CN without "CN-". How a province is known:
  name   the province or a city of it stands in the name of the organisation
  hand   provincial network of a national carrier, from its public name in APNIC's registry
  check  a generic name; set because two independent databases put 95 % of a sample there"""
import re

# What in a name says a province.
WORDS = [(province, re.compile(rf"\b(?:{words})", re.I)) for province, words in {
    "BJ": "beijing", "TJ": "tianjin|tianjij",
    "HE": "hebei|shijiazhuang|xiongan|tangshan|baoding", "SX": "shanxi|taiyuan",
    "NM": "inner ?mongolia|hohhot", "LN": "liaoning|dalian|shenyang",
    "JL": "jilin|changchun", "HL": "heilongjiang|harbin|daqing",
    "SH": "shanghai", "JS": "jiangsu|nanjing|suzhou|wuxi|yangzhou|xuzhou|changzhou",
    "ZJ": "zhejiang|hangzhou|ningbo|wenzhou|jinhua|jiaxing|huzhou|shaoxing|taizhou",
    "AH": "anhui|hefei|wuhu", "FJ": "fujian|fuzhou|xiamen|quanzhou",
    "JX": "jiangxi|nanchang", "SD": "shandong|jinan|qingdao",
    "HA": "henan|zhengzhou|luoyang", "HB": "hubei|wuhan|xiangyang", "HN": "hunan|changsha",
    "GD": "guangdong|guangzhou|shenzh?en|dongguan|foshan|zhuhai",
    "GX": "guangxi|nanning|beihai", "HI": "hainan|haikou", "CQ": "chong ?qing",
    "SC": "sichuan|chengdu", "GZ": "guizhou|guiyang", "YN": "yunnan|kunming",
    "XZ": "tibet|xizang|lhasa", "SN": r"shaanxi|xi'?an\b", "GS": "gansu|lanzhou",
    "QH": "qinghai|xining", "NX": "ningxia|yinchuan", "XJ": "xinjiang|urumqi",
}.items()]

# A head office's town in the name says nothing about where the network is.
NOT_PROVINCE = {
    37963, 45090, 45102, 132203, 133478, 55967, 38365, 55990, 137718, 58593, 9808, 4134, 4837,
    4538, 9394, 7497, 38341, 141679, 9929}

HAND = {  # provincial networks of the national carriers
    # China Mobile
    24400: "SH", 24444: "SD", 24445: "HA", 24547: "HE", 38019: "TJ", 56040: "GD", 56041: "ZJ",
    56042: "SX", 56044: "LN", 56045: "JX", 56046: "JS", 56047: "HN", 56048: "BJ", 132525: "HL",
    134810: "JL", 139080: "SC",
    # China Unicom
    4808: "BJ", 17621: "SH", 17622: "GD", 17623: "GD", 17816: "GD", 139007: "NM", 140726: "AH",
    # China Telecom
    4811: "SH", 4812: "SH", 4847: "BJ", 23724: "BJ", 17638: "TJ", 17799: "LN", 58461: "ZJ",
    63835: "HN", 58540: "SD", 58542: "TJ", 134756: "JS",
    # cable networks, clouds of one site
    9812: "SH", 17429: "BJ", 17962: "GD", 24139: "ZJ", 23771: "SN", 17969: "CQ", 17968: "HL",
    55960: "BJ", 135629: "NX", 45062: "ZJ"}
CHECK = {
    140292: "JS", 140293: "JS", 140308: "GD", 140311: "GD", 140318: "GD", 140319: "GD",
    140320: "GD", 140061: "QH", 140553: "XJ", 140345: "YN", 140527: "AH", 140647: "GZ",
    140485: "ZJ", 140486: "ZJ", 141739: "CQ", 137266: "HB", 131285: "HB", 135089: "GD"}

CLASS_OF_AS = {
    4134: "ct", 4847: "ct", 4812: "ct", 4811: "ct", 4809: "ct", 4835: "ct", 23724: "ct",
    58519: "ct", 17638: "ct", 17799: "ct", 63835: "ct", 58540: "ct", 58542: "ct", 133774: "ct",
    134419: "ct", 9394: "cm", 24138: "cm", 9808: "cm", 58453: "cm", 4538: "cernet",
    23910: "cernet", 24364: "cernet", 9425: "cernet", 133111: "cernet", 7497: "cstnet",
    37937: "gov", 9811: "gov", 9812: "cbn", 17429: "cbn", 17962: "cbn", 24139: "cbn",
    23771: "cbn", 17969: "cbn", 37963: "ali", 45102: "ali", 134963: "ali", 45090: "tencent",
    132203: "tencent", 133478: "tencent", 38365: "baidu", 55967: "baidu", 55990: "huawei",
    137718: "bytedance", 58593: "cloud", 135629: "cloud", 55960: "cloud", 135630: "cloud",
    17964: "drpeng", 9308: "drpeng"}

# The first pattern that is found decides.
CLASS_OF_NAME = [(isp, re.compile(pattern, re.I)) for isp, pattern in [
    ("cu", r"unicom|china169|\bcncgroup|netcom"),
    ("cm", r"china ?mobile|cmnet|tietong"),
    ("cernet", r"cernet|education and research"),
    ("cstnet", r"cnic-cas|cstnet|science and technology network"),
    ("cbn", r"broadcast|cable|catv|radio ?(and|&) ?(tele)?|广电|broadnet|gehua|huashu|wasu|\btv\b"),
    ("drpeng", r"dr\.? ?peng|dian-xin-tong|great ?wall|gwbn"),
    ("ct", r"chinanet|china ?telecom|telecom|province, p\.?r\.?china|man network"
           r"|provincial net of ct|ctyun"),
    ("ali", r"alibaba|aliyun|taobao"),
    ("tencent", r"tencent"),
    ("baidu", r"baidu"),
    ("huawei", r"huawei"),
    ("bytedance", r"volcano|bytedance"),
    ("gov", r"egov|government|state council"),
    ("cloud", r"cloud|data ?cent(er|re)|\bidc\b|hosting|amazon|microsoft|21vianet|ksyun|kingsoft"
              r"|ucloud")]]


def isp_of(asn, name):
    if asn is None:
        return ""
    if asn in CLASS_OF_AS:
        return CLASS_OF_AS[asn]
    return next((isp for isp, pattern in CLASS_OF_NAME if pattern.search(name)), "other")


def province_of(asn, name):
    """(province, how it is known), or (None, None)."""
    if asn is None or asn in NOT_PROVINCE:
        return None, None
    if asn in HAND:
        return HAND[asn], "hand"
    if asn in CHECK:
        return CHECK[asn], "check"
    if isp_of(asn, name) in ("ct", "cu", "cm", "cbn"):
        for province, words in WORDS:
            if words.search(name):
                return province, "name"
    return None, None
